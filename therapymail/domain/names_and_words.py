"""Names of people that are words of ordinary letters as well: written small, they name nobody."""

_WORDS = """
abel adler amber angel april art august autumn baker bean bear bell berg best bill bird bishop black blanche
bliss bloom blum bob bond brook brown bush butler candy carol chance charity chase church claire clay cliff
cole constance cook crane crystal daisy dale dawn day dean destiny diamond drake dream drew dusty earl earnest
eden eve ever faith felicity fern field fields finch fischer fisher ford forest fox france frank frost gale
garnet gay gene ginger glen gold good grace grant gray green grey guy hall hardy harmony harper hart hawk
hazel heath heather hill holly honor hope hunt hunter iris ivory ivy jack jade jasmine jasper jay jewel
journey joy june justice kay king klein koch lake lamb lance lane lark laurel lee legend liberty light lily
little long love lucky luna major marc marina mark marsh martin mason max may melody mercy miles mill miller
milo moody moon nick noble norm north novel nun oak ocean olive opal page park pat patience peace pearl penny
peter petit piper poppy porter price prince queen rain raven ray reed rich river rivers rob robin rock roman
rosa rose rouge royal ruby rusty sage sailor sandy schwarz scout serenity shade sharp shepherd short silver
sky small smith song star stark stella stern stone storm strong sue summer sun sunny swan swift taylor temple
trinity true victor violet wade walker wall ward weber weiss west white wild will winter wise wolf wood woods
wren young zeit
"""
NAMES_AND_WORDS = frozenset(_WORDS.split())
