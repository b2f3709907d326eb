"""What is scrolled line by line: where nothing became larger or smaller, its bar is not drawn again."""

from textual.geometry import Size
from textual.scroll_view import ScrollView


class QuietScroll(ScrollView):
    """Textual measures its own against its parent at every layout of the screen, and draws the bar a second time."""

    _measured_as: tuple[object, ...] = ()

    def _size_updated(
        self,
        size: Size,
        virtual_size: Size,
        container_size: Size,
        layout: bool = True,  # noqa: FBT001, FBT002 - Textual's signature
    ) -> bool:
        measured_as = (size, virtual_size, container_size, self.virtual_size, self.styles.gutter)
        if measured_as == self._measured_as:
            return False
        self._measured_as = measured_as
        return super()._size_updated(size, virtual_size, container_size, layout)
