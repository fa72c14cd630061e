//! The words themselves.

/// Words that APIs write in one, taken apart.
pub(super) const GLUED: &[(&str, &[&str])] = &[
    ("addr", &["address"]),
    ("accountid", &["account", "id"]),
    ("acct", &["account"]),
    ("attn", &["contact"]),
    ("birthdate", &["birth", "date"]),
    ("cellphone", &["phone"]),
    ("cust", &["customer"]),
    ("cv", &["resume"]),
    ("desc", &["description"]),
    ("displayname", &["display", "name"]),
    ("downloadurl", &["download", "url"]),
    ("emailaddress", &["email", "address"]),
    ("emp", &["employee"]),
    ("empid", &["employee", "id"]),
    ("filename", &["file", "name"]),
    ("firstname", &["first", "name"]),
    ("ext", &["extension"]),
    ("externalid", &["external", "id"]),
    ("fname", &["first", "name"]),
    ("forename", &["first", "name"]),
    ("fullname", &["full", "name"]),
    ("givenname", &["given", "name"]),
    ("groupid", &["group", "id"]),
    ("homepage", &["home", "page", "url"]),
    ("hostid", &["host", "id"]),
    ("ipaddr", &["ip", "address"]),
    ("ipaddress", &["ip", "address"]),
    ("joinurl", &["join", "url"]),
    ("lastname", &["last", "name"]),
    ("lname", &["last", "name"]),
    ("macaddr", &["mac", "address"]),
    ("macaddress", &["mac", "address"]),
    ("mgr", &["manager"]),
    ("msg", &["message"]),
    ("msisdn", &["phone", "number"]),
    ("nickname", &["nick", "name"]),
    ("org", &["organization"]),
    ("organisation", &["organization"]),
    ("phonenumber", &["phone", "number"]),
    ("postcode", &["zip"]),
    ("surname", &["family", "name"]),
    ("telno", &["phone", "number"]),
    ("txt", &["text"]),
    ("uname", &["user", "name"]),
    ("upn", &["principal", "name"]),
    ("userid", &["user", "id"]),
    ("username", &["user", "name"]),
    ("usr", &["user"]),
    ("zipcode", &["zip"]),
];

/// Words that APIs write in two, put together.
pub(super) const PAIRS: &[(&str, &str, &str)] = &[
    ("access", "code", "passcode"),
    ("ad", "hoc", "adhoc"),
    ("api", "key", "apikey"),
    ("built", "in", "builtin"),
    ("birth", "day", "birthday"),
    ("call", "back", "callback"),
    ("call", "in", "callin"),
    ("check", "in", "checkin"),
    ("dial", "in", "dialin"),
    ("e", "mail", "email"),
    ("log", "in", "login"),
    ("log", "on", "login"),
    ("opt", "in", "optin"),
    ("pass", "code", "passcode"),
    ("pass", "phrase", "passphrase"),
    ("pass", "word", "password"),
    ("post", "code", "zip"),
    ("postal", "code", "zip"),
    ("sign", "in", "login"),
    ("sign", "on", "login"),
    ("sip", "uri", "sipuri"),
    ("time", "zone", "timezone"),
    ("user", "agent", "useragent"),
    ("verification", "code", "otp"),
    ("voice", "mail", "voicemail"),
    ("zip", "code", "zip"),
];

/// First words of switches and of settings: `require_password_for_…`, `who_can_…`.
pub(super) const VERBS: &[&str] = &[
    "accept", "allow", "ask", "can", "could", "disable", "disabled", "do", "embed", "enable", "enabled",
    "encrypt", "exclude", "force", "has", "have", "hide", "ignore", "include", "is", "mask", "max",
    "maximum", "may", "min", "minimum", "must", "mute", "need", "num", "only", "prevent", "require",
    "required", "restrict", "save", "send", "should", "show", "skip", "total", "use", "verify", "was", "who",
    "with", "without",
];

/// Last words that say that the value is about the thing, not the thing: `email_notification`, `phone_type`.
pub(super) const HARMLESS: &[&str] = &[
    "access",
    "algorithm",
    "at",
    "availability",
    "bit",
    "byte",
    "calendar",
    "capability",
    "capacity",
    "category",
    "class",
    "color",
    "colour",
    "control",
    "count",
    "currency",
    "cursor",
    "date",
    "day",
    "default",
    "delay",
    "duration",
    "enabled",
    "encoding",
    "encryption",
    "enum",
    "error",
    "expiration",
    "expire",
    "expiry",
    "field",
    "flag",
    "format",
    "frequency",
    "height",
    "hour",
    "index",
    "indicator",
    "interval",
    "kind",
    "language",
    "length",
    "level",
    "limit",
    "locale",
    "maximum",
    "max",
    "method",
    "millis",
    "minimum",
    "min",
    "minute",
    "mode",
    "month",
    "notification",
    "offset",
    "option",
    "order",
    "page",
    "percent",
    "percentage",
    "permission",
    "policy",
    "position",
    "preference",
    "priority",
    "privilege",
    "protected",
    "protocol",
    "provider",
    "quantity",
    "quota",
    "rank",
    "rate",
    "ratio",
    "reminder",
    "required",
    "requirement",
    "revision",
    "role",
    "scheme",
    "score",
    "scope",
    "second",
    "sequence",
    "setting",
    "size",
    "speed",
    "standard",
    "status",
    "strength",
    "style",
    "support",
    "template",
    "theme",
    "time",
    "timeout",
    "timestamp",
    "timezone",
    "total",
    "ttl",
    "type",
    "unit",
    "usage",
    "validity",
    "verified",
    "version",
    "visibility",
    "visible",
    "week",
    "weekday",
    "weight",
    "width",
    "year",
];

/// Words for people.
pub(super) const PERSONS: &[&str] = &[
    "actor",
    "admin",
    "administrator",
    "agent",
    "applicant",
    "approver",
    "assignee",
    "assistant",
    "attendee",
    "author",
    "buyer",
    "callee",
    "caller",
    "candidate",
    "cohost",
    "colleague",
    "commenter",
    "contact",
    "consumer",
    "creator",
    "customer",
    "delegate",
    "delegator",
    "doctor",
    "editor",
    "employee",
    "friend",
    "guest",
    "host",
    "individual",
    "initiator",
    "inviter",
    "invitee",
    "interpreter",
    "lead",
    "leader",
    "learner",
    "manager",
    "member",
    "moderator",
    "mentor",
    "operator",
    "organizer",
    "organiser",
    "originator",
    "owner",
    "panelist",
    "participant",
    "passenger",
    "patient",
    "person",
    "personal",
    "presenter",
    "principal",
    "profile",
    "recipient",
    "registrant",
    "reporter",
    "requester",
    "requestor",
    "respondent",
    "reviewer",
    "scheduler",
    "sender",
    "signer",
    "speaker",
    "spouse",
    "staff",
    "student",
    "submitter",
    "subscriber",
    "supervisor",
    "teacher",
    "trainee",
    "tutor",
    "user",
    "viewer",
    "visitor",
    "worker",
];

/// Words for people that mean other things just as often, so that alone they say little.
pub(super) const SOMETIMES_PERSONS: &[&str] = &[
    "agent",
    "candidate",
    "contact",
    "host",
    "lead",
    "personal",
    "principal",
    "profile",
    "speaker",
    "actor",
    "delegate",
    "consumer",
];

/// Words before `name` that make it a person's.
pub(super) const NAME_PARTS: &[&str] = &[
    "chosen",
    "display",
    "family",
    "first",
    "full",
    "given",
    "known",
    "last",
    "legal",
    "login",
    "maiden",
    "middle",
    "native",
    "nick",
    "nickname",
    "phonetic",
    "preferred",
    "principal",
    "real",
    "screen",
];

/// Words that are names or ids of people by themselves.
pub(super) const IDS: &[&str] = &["jid", "netid", "pmi", "uid", "upn"];

/// Words before `id` that say nothing of what it is the id of.
pub(super) const ANY_ID: &[&str] = &[
    "external",
    "foreign",
    "global",
    "immutable",
    "internal",
    "legacy",
    "native",
    "object",
    "primary",
    "public",
    "remote",
    "source",
    "unique",
];

/// Directories and the ways to log in by them: their id of a person.
pub(super) const DIRECTORIES: &[&str] = &["ldap", "saml", "scim", "sso"];

/// Where people have accounts: in a person, the name that they have there.
pub(super) const ELSEWHERE: &[&str] =
    &["facebook", "github", "linkedin", "skype", "slack", "telegram", "twitter", "wechat"];

/// What has a sender and a recipient.
pub(super) const LETTERS: &[&str] = &["email", "envelope", "letter", "mail", "message"];

/// What is done with a thing `to` a person.
pub(super) const GIVEN: &[&str] =
    &["addressed", "assigned", "delivered", "forwarded", "report", "sent", "shared"];

/// Words for groups of people.
pub(super) const GROUPS: &[&str] = &[
    "account",
    "company",
    "department",
    "dept",
    "division",
    "employer",
    "family",
    "group",
    "household",
    "organization",
    "school",
    "team",
    "tenant",
    "workspace",
];

/// Secrets by themselves.
pub(super) const SECRETS: &[&str] = &[
    "apikey",
    "authorization",
    "bearer",
    "cookie",
    "credential",
    "csrf",
    "cvc",
    "cvv",
    "hostkey",
    "jwt",
    "nonce",
    "otp",
    "passcode",
    "passkey",
    "passphrase",
    "passwd",
    "password",
    "pin",
    "pw",
    "pwd",
    "secret",
    "signature",
    "token",
    "totp",
    "xsrf",
];

/// Words before `key` that make it a secret.
pub(super) const SECRET_KEYS: &[&str] = &[
    "access",
    "api",
    "auth",
    "client",
    "decryption",
    "encryption",
    "host",
    "license",
    "master",
    "moderator",
    "private",
    "secret",
    "session",
    "shared",
    "signing",
    "stream",
    "streaming",
    "symmetric",
    "user",
];

/// Words before `token` that make it a place in a list.
pub(super) const PAGE_TOKENS: &[&str] =
    &["continuation", "cursor", "next", "page", "paging", "previous", "prev", "sync"];

/// Traits of people, wherever they stand in a name.
pub(super) const TRAITS: &[&str] = &[
    "birth",
    "birthday",
    "birthplace",
    "diagnosis",
    "disability",
    "dob",
    "ethnicity",
    "gender",
    "marital",
    "nationality",
    "pronoun",
    "religion",
    "sex",
    "allergy",
    "illness",
];

/// Numbers that states and employers give to people.
pub(super) const OFFICIAL: &[&str] = &[
    "ssn", "passport", "nin", "nino", "pesel", "cpf", "curp", "aadhaar", "nhs", "sin", "tin", "vat", "itin",
];

/// Words that make `number`, `no`, `id` or `code` an official one.
pub(super) const OFFICIAL_NUMBERS: &[&str] = &[
    "tax",
    "national",
    "security",
    "insurance",
    "driver",
    "driving",
    "licence",
    "visa",
    "badge",
    "payroll",
    "identity",
];

/// Money.
pub(super) const PAYMENTS: &[&str] =
    &["iban", "bic", "swift", "salary", "wage", "income", "pan", "bonus", "payroll", "bank", "creditcard"];

/// Telephones.
pub(super) const PHONES: &[&str] =
    &["phone", "telephone", "tel", "mobile", "cell", "fax", "sms", "whatsapp", "pager", "did"];

/// Parts of postal addresses, certain and doubtful ones.
pub(super) const ADDRESSES: &[&str] = &["street", "zip", "postal", "postcode", "address", "apartment"];

/// Words before `address` that say what kind it is not: of these, [`super::Kind::Address`] is not meant.
pub(super) const WEB_WORDS: &[&str] = &["web", "website", "site", "url", "wallet", "memory"];

/// Where somebody is, for sure.
pub(super) const COORDINATES: &[&str] = &[
    "latitude",
    "longitude",
    "lat",
    "lon",
    "lng",
    "gps",
    "coordinate",
    "geolocation",
    "geohash",
    "geo",
    "altitude",
];

/// Where somebody may be.
pub(super) const PLACES: &[&str] =
    &["location", "city", "town", "county", "country", "district", "neighborhood", "whereabouts"];

/// Devices.
pub(super) const DEVICES: &[&str] = &["imei", "imsi", "iccid", "udid", "idfa", "serial", "fingerprint"];

/// Words that sometimes name a device, as its owner called it.
pub(super) const DEVICE_WORDS: &[&str] =
    &["device", "hostname", "microphone", "camera", "computer", "useragent", "workstation"];

/// Pictures.
pub(super) const PICTURES: &[&str] = &["avatar", "photo", "portrait", "selfie", "headshot", "pic"];

/// Links.
pub(super) const LINKS: &[&str] = &["url", "uri", "link", "href", "permalink", "sipuri"];

/// Words before a link that make it one which opens a door, or shows somebody.
pub(super) const DOORS: &[&str] = &[
    "avatar",
    "callback",
    "confirm",
    "confirmation",
    "doc",
    "document",
    "download",
    "file",
    "guest",
    "host",
    "image",
    "invitation",
    "invite",
    "join",
    "login",
    "magic",
    "meeting",
    "personal",
    "photo",
    "pic",
    "picture",
    "play",
    "playback",
    "profile",
    "recording",
    "register",
    "registration",
    "reset",
    "room",
    "share",
    "sharing",
    "signed",
    "start",
    "stream",
    "thumbnail",
    "transcript",
    "upload",
    "vanity",
    "webhook",
];

/// Text that people write, for sure.
pub(super) const TEXTS: &[&str] = &[
    "agenda",
    "answer",
    "bio",
    "biography",
    "body",
    "chat",
    "comment",
    "feedback",
    "invitation",
    "memo",
    "message",
    "note",
    "question",
    "remark",
    "resume",
    "subject",
    "summary",
    "topic",
    "transcript",
    "transcription",
    "utterance",
    "voicemail",
];

/// Text that people often write.
pub(super) const TEXT_WORDS: &[&str] = &[
    "about",
    "caption",
    "content",
    "description",
    "detail",
    "excerpt",
    "headline",
    "html",
    "keyword",
    "label",
    "overview",
    "paragraph",
    "phrase",
    "reason",
    "reply",
    "sentence",
    "snippet",
    "step",
    "text",
    "title",
];

/// Words that make what stands before them the thing: `password_for_meetings` is a password.
pub(super) const PREPOSITIONS: &[&str] =
    &["for", "in", "to", "at", "on", "from", "with", "within", "when", "per", "as"];

/// First words of `…_by` that order things.
pub(super) const ORDERING: &[&str] =
    &["sort", "sorted", "order", "ordered", "group", "grouped", "filter", "filtered", "limited"];

/// Names that stand for the thing they stand in: `emails[*].value`, `phone_numbers[*].number`.
pub(super) const STAND_INS: &[&str] = &["display", "formatted", "number", "raw", "value"];

/// Parts of what is called an address.
pub(super) const ADDRESS_PARTS: &[&str] = &[
    "city", "country", "county", "district", "floor", "house", "line", "locality", "region", "state",
    "suite", "town",
];
