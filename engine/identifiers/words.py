"""Words that are also names, and words that are never names, in English and Welsh."""

from __future__ import annotations

from engine.texts import MONTHS


def _words(text: str) -> frozenset[str]:
    return frozenset(text.lower().split())


#: Months by every way in which they are written, with a capital or not: their number.
MONTH_NUMBERS: dict[str, int] = {}
for _number, _month in enumerate(MONTHS, start=1):
    MONTH_NUMBERS |= {_month.en.lower(): _number, _month.cy.lower(): _number}
    MONTH_NUMBERS[_month.en[:3].lower()] = _number
MONTH_NUMBERS |= {
    "sept": 9, "fawrth": 3, "fai": 5, "fehefin": 6, "orffennaf": 7, "fedi": 9, "dachwedd": 11,
    "ragfyr": 12,
}  # fmt: skip

#: Before a month, and never before a person of that name who then does something.
BEFORE_MONTHS = _words(
    "in since until during early late mid ym mis ers tan yn ganol ddechrau ddiwedd"
)

#: Words of both languages that are names as well: found with a capital letter only.
COMMON = _words(
    """
    abbey ace amber angel archer art ash aspen august autumn axe baker banks barber baron
    bay beach bean beck bell benefit berry best bill birch bird bishop black blessing bliss
    bloom blue blythe bold bond booth bowl branch brand bridge bright brook brooks brown
    buck bud bull burns bush butler butcher candy carpenter carol carter case cash castle
    chance chandler chapel chapman charity chase cherry child church clay clear cliff close
    coal coffee constance cook cooper coral costa court cox crane cross crystal curry dale
    daisy dan day dawn dean dear dew destiny dove drake draper drew driver duke earl early
    east eden ember english eve ever faith fair falls farmer fawn fay fern field fields
    finch fisher fleet flint flora flower ford forest fort fox frank freedom freeman french
    friend frost garden gardener gates gay gem gene gentle ginger glass glen glory golden
    gold good goodman grace grant gray green grey grove guy hale hall hand harbour hardy
    harmony hart hay hazel head heart heath heather heaven hedge herb hill holiday holly
    home hood hope horn house hunt hunter hyacinth iris ivory ivy jack jasmine jay jet jewel
    jolly joy judge june justice key keen king kit kite knight lad lake lamb lance land lane
    lark laurel law lawn liberty light lily little lodge long lord lot love low lucky mace
    major man manning maple march mark marks marsh marshal martin mason may meadow melody
    mercy merit merry mile miles mill miller mole moon moore morning moss mound myrtle nice
    night noble north nova oak ocean olive opal orange pace page park parker parsons pat
    patience peace pearl penny pepper petal pike pilgrim pine piper plum pole pond pope
    poppy porter post potter powers price pride prince prior promise prosper prudence quick
    quill rain rainbow raven ray reed reeve regent rich ridge river rivers robin rock rod
    rose rosemary rowan ruby rush rusty sage sand sandy savage sawyer scarlet scout sea
    serenity shade sharp shepherd short skip sky slater small smart snow sparrow spring star
    steel sterling stone storm story strange street strong sue summer sun swan swift tailor
    teal temple thorn tiger town trinity tucker turner usher valentine vale van victor
    victory viola violet wade walker wall ward warden waters way weaver weeks wells west
    wheeler white will wills wilder willow winter wise wolf wood woods worth wren york young
    ab afal aur call coch da dafad dail deri derwen du ffydd glas gloyw gobaith goch gwanwyn
    gwir haf haul hedd heddwch hydref iach iawn llan llew llon mab mai mawr medi mel melyn
    mor nos perl perlau rhew sul tad teg wen ynys
    """
) | frozenset(MONTH_NUMBERS)

#: Words that are names whenever they have a capital, and are no names without one.
WITH_CAPITAL = _words(
    """
    seren eira enfys gwawr heulwen gwyn glyn bryn gwen awel tegan tirion meinir fflur celyn
    cariad wyn lili mali nant blodyn rhosyn gwynt bryony
    """
)

#: What stands in a field for a name and names nobody: titles, roles, relations, small words.
NEVER_NAMES = _words(
    """
    mr mrs ms miss mx dr doctor prof professor sir dame rev pc dc ds di dci sgt sergeant
    constable inspector detective chief officer nurse midwife teacher headteacher worker
    social health visitor manager team leader lead head chair member panel board reviewer co
    ordinator coordinator local external internal agency service services school police the
    a an and or of for in on at to by with from into as is it we he she they i you my our
    his her their no not so do go be me us up if child children baby boy girl mother father
    mum dad mam parent parents carer carers brother sister sibling siblings half step aunt
    uncle cousin grandmother grandfather grandparent grandparents partner family person
    adult young unborn male female name names unknown known none other plentyn plant babi
    bachgen merch mab tad rhiant rhieni gofalwr gofalwyr brawd chwaer modryb ewythr nain
    taid mamgu tadcu teulu aelod oedolyn enw anhysbys arall y yr ac o yn ar am gan dros dan
    heb un dau dwy ap ab ferch van von de la le du da dos bin ibn al el abu mac mc st saint
    san sant participant subject sample test cyfranogwr adolygydd cydlynydd cadeirydd
    rheolwr gweithiwr
    """
)

#: Capitals that stand for something else than a person.
ACRONYMS = _words(
    """
    gp gps nhs sw hv pc dc ds di dci cp cpr la hb uk eu it pr mp ms mr tv id ok cv pe re sen
    aln idp asd adhd mash cafcass cin cla lac iro lado pru cpn ccn amhp dv da ae aoe hr pa
    ta ea ni bcu bbc dna hiv qa qc kc aka tor tors lscb scb rsb cysur mappa marac sarc imr
    scr mpf pruDiC pruden am pm bc ad ie eg nb ps cc vs un usa wg lg sp cyp fgc plo pla pp
    pps st rd ap as at
    """
)

#: Forms that come of mutating a name and are words or other names by themselves.
ALSO_WORDS = _words(
    """
    ail ale all and arch art ary bat bell ben best bet beth bill bob bod bun dab dad dai dan
    dee dim dina dod dom don dot fact fail fain fair fall fan far fat fed feed fell fen fet
    few fill fin find fine first fish fit five foel fold ford form four fox full fun gale
    gall game gan garden gate gel ha hail hair hale hall ham han hand hat heart heath heed
    hell hen her here hill his hit hold hop how hull ill lad lan lane last laws lay lead lee
    lens less let lie life lift like line link list live loyd lyn made mai main make mall
    mam man mar mat max may me mean meat meet meg mel men met mill mine miss mob mod moor
    more moss most mud my nai nail name nan near neath neb ned nest new nia nick nid nina no
    nod nor not now race rage rail ran rant rate ray read real red rent rest rice rich ring
    rise road rob rock rode roll room rose row rule run rush van vet wen wyn wedi y
    """
)

#: Words after which a Welsh name mutates.
TRIGGERS = _words(
    """
    a â ac ag am ar at dan dros drwy efo ei eich ein eu fy dy gan gyda heb hyd i mewn na neu
    o pan pa rhwng trwy tua tuag tri chwe un dau dwy wrth y yn yng ym yr w u n r th gweld
    gwelodd roedd oedd bu gwelwyd dywedodd aeth meddai
    """
)
#: Words after which a name that begins with a vowel takes an h.
H_TRIGGERS = _words("ei ein eu w u")

#: What makes the name of a school or a surgery of common words.
OF_SCHOOLS = _words(
    """
    ysgol school college coleg academy nursery meithrin meithrinfa primary gynradd uwchradd
    secondary comprehensive gyfun high junior infant infants iau babanod community gymunedol
    special arbennig church catholic gatholig surgery feddygfa meddygfa practice clinic
    clinig medical centre canolfan cylch playgroup
    """
)
#: What makes a line of text the line of an address.
STREETS = (
    "Street|Road|Avenue|Close|Lane|Drive|Crescent|Terrace|Gardens|Grove|Court|Place|Way|Walk|Rise|"
    "Row|Square|Mews|Villas|Parade"
)
STREETS_CY = "Stryd|Heol|Ffordd|Lôn|Lon|Rhodfa|Teras|Clos|Maes|Cilgant|Rhes|Tyddyn"
#: Of an address, what is no place that tells who lives there.
WIDE = _words("wales cymru uk united kingdom england flat fflat llawr floor")
