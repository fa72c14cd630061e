//! The invented people: twelve one remembers, and lists from which all others are named.

/// A member of the named cast.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Role {
    pub(crate) first: &'static str,
    pub(crate) last: &'static str,
    /// The part of the e-mail address before the at sign.
    pub(crate) local: &'static str,
    pub(crate) title: &'static str,
    /// The index of the office in `calendar::OFFICES`.
    pub(crate) office: usize,
}

pub(crate) const COMPANY: &str = "Lumen Orchard";
pub(crate) const DOMAIN: &str = "lumen-orchard.example";

pub(crate) const CAST: [Role; 12] = [
    role("Mirela", "Castellan", "mirela.castellan", "Chief Executive Officer", 0),
    role("Tobias", "Ferncliff", "tobias.ferncliff", "Head of Orchard Systems", 1),
    role("Anneke", "Vandersloot", "anneke.vandersloot", "Head of People", 0),
    role("Siobhán", "O'Rourke-Lindqvist", "siobhan.orourke", "General Counsel", 0),
    role("春樹", "下里", "haruki.shimozato", "Sensor Engineer", 2),
    role("لیلا", "کریم‌زاده", "leyla.karimzadeh", "Field Research Lead", 3),
    role("Benedikt", "Höglund", "benedikt.hoeglund", "Controller", 4),
    role("Chidinma", "Okonjo-Reyes", "chidinma.okonjo", "Account Executive", 1),
    role("Rosalind", "Quillfeather 🌿", "rosalind.quillfeather", "Agronomist", 0),
    role("Matteo", "D'Ambrosini", "matteo.dambrosini", "Platform Engineer", 4),
    role("Євгенія", "Стародубова", "yevheniia.starodubova", "Data Analyst", 4),
    role("Percival", "Wadsworth-Thimbleby", "percival.thimbleby", "Night Gardener", 0),
];

const fn role(
    first: &'static str,
    last: &'static str,
    local: &'static str,
    title: &'static str,
    office: usize,
) -> Role {
    Role { first, last, local, title, office }
}

/// First names as written and as spelled in an e-mail address.
pub(crate) const FIRST: [(&str, &str); 48] = [
    ("Adelheid", "adelheid"),
    ("Amaranta", "amaranta"),
    ("Anselm", "anselm"),
    ("Bartholomew", "bartholomew"),
    ("Béatrice", "beatrice"),
    ("Calliope", "calliope"),
    ("Casimir", "casimir"),
    ("Dagmar", "dagmar"),
    ("Desislava", "desislava"),
    ("Eleonora", "eleonora"),
    ("Emeka", "emeka"),
    ("Fenella", "fenella"),
    ("François", "francois"),
    ("Ginevra", "ginevra"),
    ("Gwendolyn", "gwendolyn"),
    ("Hadrian", "hadrian"),
    ("Henrike", "henrike"),
    ("Ignatius", "ignatius"),
    ("Ingeborg", "ingeborg"),
    ("Jarmila", "jarmila"),
    ("Jörg", "joerg"),
    ("Kasimira", "kasimira"),
    ("Kwabena", "kwabena"),
    ("Leontine", "leontine"),
    ("Łucja", "lucja"),
    ("Marcelline", "marcelline"),
    ("Melchior", "melchior"),
    ("Nadezhda", "nadezhda"),
    ("Nkechi", "nkechi"),
    ("Octavia", "octavia"),
    ("Oyelaran", "oyelaran"),
    ("Perpetua", "perpetua"),
    ("Quirin", "quirin"),
    ("Rafaela", "rafaela"),
    ("Roderick", "roderick"),
    ("Sancia", "sancia"),
    ("Severin", "severin"),
    ("Thaddeus", "thaddeus"),
    ("Ulrika", "ulrika"),
    ("Valentijn", "valentijn"),
    ("Wilhelmina", "wilhelmina"),
    ("Xiomara", "xiomara"),
    ("Yolanthe", "yolanthe"),
    ("Zdenka", "zdenka"),
    ("美咲", "misaki"),
    ("志明", "zhiming"),
    ("ياسمين", "yasmeen"),
    ("Дарина", "daryna"),
];

/// Last names as written and as spelled in an e-mail address.
pub(crate) const LAST: [(&str, &str); 48] = [
    ("Abernethy", "abernethy"),
    ("Achterberg", "achterberg"),
    ("Balogun", "balogun"),
    ("Beauchêne", "beauchene"),
    ("Carrigan", "carrigan"),
    ("Czartoryski", "czartoryski"),
    ("Dalgaard", "dalgaard"),
    ("D'Alessio", "dalessio"),
    ("Eisenhardt", "eisenhardt"),
    ("Escarpenter", "escarpenter"),
    ("Fairweather", "fairweather"),
    ("Fjellström", "fjellstroem"),
    ("Gaillard", "gaillard"),
    ("Grünewald", "gruenewald"),
    ("Hawthorne", "hawthorne"),
    ("Huizenga", "huizenga"),
    ("Ibáñez", "ibanez"),
    ("Ivanovska", "ivanovska"),
    ("Jankowiak", "jankowiak"),
    ("Jimoh-Adeyemi", "jimoh.adeyemi"),
    ("Kestenbaum", "kestenbaum"),
    ("Kowalczuk", "kowalczuk"),
    ("Lachapelle", "lachapelle"),
    ("Lundgren", "lundgren"),
    ("MacGillivray", "macgillivray"),
    ("Montefiore", "montefiore"),
    ("Nakagawa", "nakagawa"),
    ("Nwachukwu", "nwachukwu"),
    ("O'Shaughnessy", "oshaughnessy"),
    ("Oberhauser", "oberhauser"),
    ("Pemberton", "pemberton"),
    ("Przybylska", "przybylska"),
    ("Quintanilla", "quintanilla"),
    ("Rasmussen", "rasmussen"),
    ("Rosenquist", "rosenquist"),
    ("Schwarzkopf", "schwarzkopf"),
    ("Szymborska", "szymborska"),
    ("Tennenbaum", "tennenbaum"),
    ("Thorvaldsen", "thorvaldsen"),
    ("Umanzor", "umanzor"),
    ("Vasconcelos", "vasconcelos"),
    ("Vandenbroucke", "vandenbroucke"),
    ("Wainwright", "wainwright"),
    ("Wolkenstein", "wolkenstein"),
    ("Yamashita", "yamashita"),
    ("Zabriskie", "zabriskie"),
    ("佐々木", "sasaki"),
    ("Шевченко", "shevchenko"),
];

pub(crate) const DEPARTMENTS: [&str; 12] = [
    "Engineering",
    "Sales",
    "Field Research",
    "Customer Care",
    "Operations",
    "Product",
    "People",
    "Marketing",
    "Finance",
    "Legal",
    "Security",
    "Office of the CEO",
];

/// The companies that guests come from.
pub(crate) const PARTNERS: [(&str, &str); 6] = [
    ("Harbor Quill", "harbor-quill.example"),
    ("North Fennel", "north-fennel.example"),
    ("Copper Lantern", "copperlantern.example"),
    ("Saltmarsh & Daughters", "saltmarsh-daughters.example"),
    ("Vela Ribas", "velaribas.example"),
    ("Private", "postbox.example"),
];

pub(crate) const PROJECTS: [&str; 10] = [
    "Nightjar",
    "Blue Heron",
    "Quince",
    "Winter Graft",
    "Meridian",
    "Hollow Reed",
    "Juniper",
    "Slow River",
    "Kestrel",
    "Open Gate",
];
