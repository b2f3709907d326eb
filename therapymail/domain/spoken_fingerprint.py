"""Fingerprints as two people read them to each other: in words, one for each byte, by the PGP word list.

The list is that of Patrick Juola and Philip Zimmermann (1995), chosen by how differently the words sound. Bytes at
even places take a word of two syllables, those at odd places one of three, so a word left out or changed places is
heard. See docs/decisions/spoken-fingerprints.md.
"""

import functools

from therapymail.errors import UnusableInput

_DIGITS_IN_A_ROW = 8
_SCHEME = "OPENPGP4FPR:"  # what OpenKeychain, Delta Chat and other programs read from a QR code


def scanned_fingerprint(fingerprint: str) -> str:
    """What a QR code says for `fingerprint` (hex digits)."""
    return _SCHEME + fingerprint.upper()


def spoken_words(fingerprint: str) -> tuple[str, ...]:
    """The words for `fingerprint` (hex digits), one for each byte."""
    pairs = _pairs()
    return tuple(pairs[byte][place % 2] for place, byte in enumerate(bytes.fromhex(fingerprint)))


def spoken_rows(fingerprint: str) -> tuple[tuple[str, str], ...]:
    """`fingerprint` in rows of eight digits in two groups, each with its four words."""
    rows = []
    for start in range(0, len(fingerprint), _DIGITS_IN_A_ROW):
        digits = fingerprint[start : start + _DIGITS_IN_A_ROW]
        rows.append((f"{digits[:4]} {digits[4:]}".rstrip(), " ".join(spoken_words(digits))))
    return tuple(rows)


def told_fingerprint(told: str) -> str:
    """The fingerprint somebody gave, in digits or in these words, as upper-case hex digits.

    Blanks, case and commas do not matter. Raises UnusableInput where a word is none of the list, or does not belong at
    its place.
    """
    digits = "".join(told.split()).upper().removeprefix(_SCHEME).removeprefix("0X")
    if not digits.strip("0123456789ABCDEF"):
        return digits
    values = _values()
    octets = []
    for place, word in enumerate(told.lower().replace(",", " ").replace("-", " ").split()):
        if word not in values[place % 2]:
            raise UnusableInput("fingerprint", f"word {place + 1} of it is none that can stand there")
        octets.append(values[place % 2][word])
    return bytes(octets).hex().upper()


@functools.cache
def _pairs() -> tuple[tuple[str, str], ...]:
    words = _WORDS.split()
    return tuple(zip(words[::2], words[1::2], strict=True))


@functools.cache
def _values() -> tuple[dict[str, int], dict[str, int]]:
    even, odd = zip(*_pairs(), strict=True)
    return {word: value for value, word in enumerate(even)}, {word: value for value, word in enumerate(odd)}


# For each byte from 0 to 255: its word at an even place, its word at an odd place.
_WORDS = """
aardvark adroitness  absurd adviser  accrue aftermath  acme aggregate
adrift alkali  adult almighty  afflict amulet  ahead amusement
aimless antenna  algol applicant  allow apollo  alone armistice
ammo article  ancient asteroid  apple atlantic  artist atmosphere
assume autopsy  athens babylon  atlas backwater  aztec barbecue
baboon belowground  backfield bifocals  backward bodyguard  banjo bookseller
beaming borderline  bedlamp bottomless  beehive bradbury  beeswax bravado
befriend brazilian  belfast breakaway  berserk burlington  billiard businessman
bison butterfat  blackjack camelot  blockade candidate  blowtorch cannonball
bluebird capricorn  bombast caravan  bookshelf caretaker  brackish celebrate
breadline cellulose  breakup certify  brickyard chambermaid  briefcase cherokee
burbank chicago  button clergyman  buzzard coherence  cement combustion
chairlift commando  chatter company  checkup component  chisel concurrent
choking confidence  chopper conformist  christmas congregate  clamshell consensus
classic consulting  classroom corporate  cleanup corrosion  clockwork councilman
cobra crossover  commence crucifix  concert cumbersome  cowbell customer
crackdown dakota  cranky decadence  crowfoot december  crucial decimal
crumpled designing  crusade detector  cubic detergent  dashboard determine
deadbolt dictator  deckhand dinosaur  dogsled direction  dragnet disable
drainage disbelief  dreadful disruptive  drifter distortion  dropper document
drumbeat embezzle  drunken enchanting  dupont enrollment  dwelling enterprise
eating equation  edict equipment  egghead escapade  eightball eskimo
endorse everyday  endow examine  enlist existence  erase exodus
escape fascinate  exceed filament  eyeglass finicky  eyetooth forever
facial fortitude  fallout frequency  flagpole gadgetry  flatfoot galveston
flytrap getaway  fracture glossary  framework gossamer  freedom graduate
frighten gravity  gazelle guitarist  geiger hamburger  glitter hamilton
glucose handiwork  goggles hazardous  goldfish headwaters  gremlin hemisphere
guidance hesitate  hamlet hideaway  highchair holiness  hockey hurricane
indoors hydraulic  indulge impartial  inverse impetus  involve inception
island indigo  jawbone inertia  keyboard infancy  kickoff inferno
kiwi informant  klaxon insincere  locale insurgent  lockup integrate
merit intention  minnow inventive  miser istanbul  mohawk jamaica
mural jupiter  music leprosy  necklace letterhead  neptune liberty
newborn maritime  nightbird matchmaker  oakland maverick  obtuse medusa
offload megaton  optic microscope  orca microwave  payday midsummer
peachy millionaire  pheasant miracle  physique misnomer  playhouse molasses
pluto molecule  preclude montana  prefer monument  preshrunk mosquito
printer narrative  prowler nebula  pupil newsletter  puppy norwegian
python october  quadrant ohio  quiver onlooker  quota opulent
ragtime orlando  ratchet outfielder  rebirth pacific  reform pandemic
regain pandora  reindeer paperweight  rematch paragon  repay paragraph
retouch paramount  revenge passenger  reward pedigree  rhythm pegasus
ribcage penetrate  ringbolt perceptive  robust performance  rocker pharmacy
ruffled phonetic  sailboat photograph  sawdust pioneer  scallion pocketful
scenic politeness  scorecard positive  scotland potato  seabird processor
select provincial  sentence proximate  shadow puberty  shamrock publisher
showgirl pyramid  skullcap quantity  skydive racketeer  slingshot rebellion
slowdown recipe  snapline recover  snapshot repellent  snowcap replica
snowslide reproduce  solo resistor  southward responsive  soybean retraction
spaniel retrieval  spearhead retrospect  spellbind revenue  spheroid revival
spigot revolver  spindle sandalwood  spyglass sardonic  stagehand saturday
stagnate savagery  stairway scavenger  standard sensation  stapler sociable
steamship souvenir  sterling specialist  stockman speculate  stopwatch stethoscope
stormy stupendous  sugar supportive  surmount surrender  suspense suspicious
sweatband sympathy  swelter tambourine  tactics telephone  talon therapist
tapeworm tobacco  tempest tolerance  tiger tomorrow  tissue torpedo
tonic tradition  topmost travesty  tracker trombonist  transit truncated
trauma typewriter  treadmill ultimate  trojan undaunted  trouble underfoot
tumor unicorn  tunnel unify  tycoon universe  uncut unravel
unearth upcoming  unwind vacancy  uproot vagabond  upset vertigo
upshot virginia  vapor visitor  village vocalist  virus voyager
vulcan warranty  waffle waterloo  wallet whimsical  watchword wichita
wayside wilmington  willow wyoming  woodlark yesteryear  zulu yucatan
"""
