//! What surprises: every kind once, with what to say of it and a clause that shows it.
//!
//! The other files of this folder find these in clauses; `docs/surprises.md` is written from here.

use crate::warning::{Surprise, surprises};

impl Surprise {
    /// All that are known, each once.
    #[must_use]
    pub fn all() -> &'static [&'static Self] {
        SURPRISES
    }
}

/// A surprise that was found.
pub(super) type Found = &'static Surprise;

surprises! {
    SURPRISES:

    // A value in the place of operators.

    EQUALS_NULL "equals-null" Error NeverMatches,
    "null is equal to nothing here",
    r#"ask for a missing field by {"$exists": false}, for null by {"$eq": null}"#,
    r#"{"winner":null}"# { r#"{"winner":null}"# NoMatch "{}" NoMatch }

    EQUALS_EMPTY_OBJECT "equals-empty-object" Warning AlwaysMatches,
    "an empty object asks for nothing",
    r#"leave the field out, or compare it with {"$eq": {}}"#,
    r#"{"meta":{}}"# { r#"{"meta":{"a":1}}"# Match "{}" Match }

    EQUALS_EMPTY_LIST "equals-empty-list" Warning AlwaysMatches,
    "an empty list asks for nothing",
    r#"compare it with {"$eq": []}"#,
    r#"{"tags":[]}"# { r#"{"tags":["a"]}"# Match "{}" Match }

    EQUALS_LIST "equals-list" Error NeverMatches,
    "a list in the place of operators equals nothing",
    r#"compare with a list by {"$eq": […]}, or use $in or $all"#,
    r#"{"tags":["a"]}"# { r#"{"tags":["a"]}"# NoMatch r#"{"tags":"a"}"# NoMatch }

    EQUALS_OBJECT "equals-object" Error NeverMatches,
    "its keys are taken for operators",
    r#"compare with an object by {"$eq": {…}}"#,
    r#"{"meta":{"a":1}}"# { r#"{"meta":{"a":1}}"# NoMatch }

    EQUALS_GEO_POINT "equals-geo-point" Error NeverMatches,
    "a GeoPoint equals no stored one",
    "use $nearSphere with a small $maxDistance",
    r#"{"place":{"__type":"GeoPoint","latitude":10,"longitude":20}}"# {
        r#"{"place":{"__type":"GeoPoint","latitude":10,"longitude":20}}"# NoMatch
    }

    EQUALS_POLYGON "equals-polygon" Error NeverMatches,
    "a Polygon equals no stored one",
    "use $geoIntersects with a point inside",
    r#"{"area":{"__type":"Polygon","coordinates":[[0,0],[0,9],[9,9]]}}"# {
        r#"{"area":{"__type":"Polygon","coordinates":[[0,0],[0,9],[9,9]]}}"# NoMatch
    }

    EQUALS_FILE "equals-file" Error NeverMatches,
    "a File equals no stored one",
    "compare its url by the path `field.url`",
    r#"{"photo":{"__type":"File","name":"a.png","url":"http://x/a.png"}}"# {
        r#"{"photo":{"__type":"File","name":"a.png","url":"http://x/a.png"}}"# NoMatch
    }

    EQUALS_RELATION "equals-relation" Error NeverMatches,
    "a Relation equals no stored one",
    "keep a list of pointers to ask for",
    r#"{"fans":{"__type":"Relation","className":"_User"}}"# {
        r#"{"fans":{"__type":"Relation","className":"_User"}}"# NoMatch
    }

    EQUALS_INCLUDED "equals-included-object" Error NeverMatches,
    "an included object equals nothing",
    "compare with a Pointer to it, in the place of operators",
    r#"{"team":{"__type":"Object","className":"Team","objectId":"t1","name":"x"}}"# {
        r#"{"team":{"__type":"Pointer","className":"Team","objectId":"t1"}}"# NoMatch
        r#"{"team":{"__type":"Object","className":"Team","objectId":"t1","name":"x"}}"# NoMatch
    }

    POINTER_INCOMPLETE "pointer-incomplete" Error Differs,
    "a pointer without className or objectId equals no stored pointer, only what lacks them too",
    "give both",
    r#"{"team":{"__type":"Pointer","className":"Team"}}"# {
        r#"{"team":{"__type":"Pointer","className":"Team","objectId":"t1"}}"# NoMatch
        r#"{"team":{"__type":"Relation","className":"Team"}}"# Match
    }

    UNDECODABLE "undecodable" Error Faults,
    "Parse's SDK refuses to decode this value",
    "give valid coordinates, amounts or class names",
    r#"{"place":{"$nearSphere":{"__type":"GeoPoint","latitude":91,"longitude":0}}}"# {
        r#"{"place":{"__type":"GeoPoint","latitude":10,"longitude":20}}"# Fault "{}" Fault
    }

    // Dates.

    EQUALS_SERVER_DATE "equals-server-date" Error NeverMatches,
    "the server compares createdAt and updatedAt as text, which no Date equals",
    "keep a date of your own in another field",
    r#"{"createdAt":{"__type":"Date","iso":"2024-03-01T12:00:00.000Z"}}"# {
        r#"{"createdAt":"2024-03-01T12:00:00.000Z"}"# NoMatch
    }

    NE_SERVER_DATE "ne-server-date" Warning AlwaysMatches,
    "the server compares createdAt and updatedAt as text, which no Date equals",
    "keep a date of your own in another field",
    r#"{"createdAt":{"$ne":{"__type":"Date","iso":"2024-03-01T12:00:00.000Z"}}}"# {
        r#"{"createdAt":"2024-03-01T12:00:00.000Z"}"# Match
    }

    RANGE_SERVER_DATE "range-on-server-date" Warning AlwaysMatches,
    "the server compares createdAt and updatedAt as text, which has no order beside a Date",
    "keep a date of your own in another field",
    r#"{"createdAt":{"$gt":{"__type":"Date","iso":"2025-01-01T00:00:00.000Z"}}}"# {
        r#"{"createdAt":"2024-03-01T12:00:00.000Z"}"# Match
    }

    SERVER_DATE_TEXT "server-date-text" Hint Differs,
    "createdAt and updatedAt are compared as text here, and as dates by find()",
    "write the text out as the server does, 2024-01-31T12:00:00.000Z",
    r#"{"createdAt":{"$gt":"2024-01-01"}}"# { r#"{"createdAt":"2024-03-01T12:00:00.000Z"}"# Match }

    INVALID_DATE "invalid-date" Error Differs,
    "this is no date in ISO 8601, and equals nothing but an empty object",
    "write it as 2024-01-31T12:00:00.000Z",
    r#"{"due":{"__type":"Date","iso":"soon"}}"# {
        r#"{"due":{"__type":"Date","iso":"2024-03-01T12:00:00.000Z"}}"# NoMatch r#"{"due":{}}"# Match
    }

    RANGE_INVALID_DATE "range-invalid-date" Warning AlwaysMatches,
    "this is no date in ISO 8601, and has no order",
    "write it as 2024-01-31T12:00:00.000Z",
    r#"{"due":{"$lt":{"__type":"Date","iso":"soon"}}}"# {
        r#"{"due":{"__type":"Date","iso":"2024-03-01T12:00:00.000Z"}}"# Match "{}" Match
    }

    ZONELESS_DATE "zoneless-date" Warning Differs,
    "a time without a zone is read as UTC here and as local time by Parse Server",
    "end it with Z",
    r#"{"due":{"$lt":{"__type":"Date","iso":"2024-03-01T12:00"}}}"# {
        r#"{"due":{"__type":"Date","iso":"2024-03-01T11:59:59.999Z"}}"# Match
    }

    // $eq and $ne.

    EQ_POINTER "eq-pointer" Error NeverMatches,
    "$eq and $ne tell no pointers apart",
    "write the pointer in the place of operators",
    r#"{"owner":{"$eq":{"__type":"Pointer","className":"_User","objectId":"u1"}}}"# {
        r#"{"owner":{"__type":"Pointer","className":"_User","objectId":"u1"}}"# NoMatch
    }

    NE_POINTER "ne-pointer" Warning AlwaysMatches,
    "$eq and $ne tell no pointers apart",
    "put the pointer into the list of a $nin",
    r#"{"owner":{"$ne":{"__type":"Pointer","className":"_User","objectId":"u1"}}}"# {
        r#"{"owner":{"__type":"Pointer","className":"_User","objectId":"u1"}}"# Match "{}" Match
    }

    NE_INCLUDED "ne-included-object" Warning AlwaysMatches,
    "an included object equals nothing",
    "put a Pointer to it into the list of a $nin",
    r#"{"team":{"$ne":{"__type":"Object","className":"Team","objectId":"t1","name":"x"}}}"# {
        r#"{"team":{"__type":"Pointer","className":"Team","objectId":"t1"}}"# Match
    }

    NE_GEO_POINT "ne-geo-point" Warning AlwaysMatches,
    "a GeoPoint equals no stored one",
    "put a $nearSphere with a small $maxDistance into a $nor",
    r#"{"place":{"$ne":{"__type":"GeoPoint","latitude":10,"longitude":20}}}"# {
        r#"{"place":{"__type":"GeoPoint","latitude":10,"longitude":20}}"# Match
    }

    NE_POLYGON "ne-polygon" Warning AlwaysMatches,
    "a Polygon equals no stored one",
    "put a $geoIntersects with a point inside into a $nor",
    r#"{"area":{"$ne":{"__type":"Polygon","coordinates":[[0,0],[0,9],[9,9]]}}}"# {
        r#"{"area":{"__type":"Polygon","coordinates":[[0,0],[0,9],[9,9]]}}"# Match
    }

    NE_FILE "ne-file" Warning AlwaysMatches,
    "a File equals no stored one",
    "compare its url by the path `field.url`",
    r#"{"photo":{"$ne":{"__type":"File","name":"a.png","url":"http://x/a.png"}}}"# {
        r#"{"photo":{"__type":"File","name":"a.png","url":"http://x/a.png"}}"# Match
    }

    NE_RELATION "ne-relation" Warning AlwaysMatches,
    "a Relation equals no stored one",
    "keep a list of pointers to ask for",
    r#"{"fans":{"$ne":{"__type":"Relation","className":"_User"}}}"# {
        r#"{"fans":{"__type":"Relation","className":"_User"}}"# Match
    }

    EQ_NULL "eq-null" Hint Differs,
    "$eq with null matches null alone: a missing field is not null here, and a pointer, file, place or object faults",
    r#"ask for a missing field by {"$exists": false}"#,
    r#"{"winner":{"$eq":null}}"# {
        r#"{"winner":null}"# Match "{}" NoMatch
        r#"{"winner":{"__type":"Pointer","className":"_User","objectId":"u1"}}"# Fault
    }

    NE_NULL "ne-null" Warning Differs,
    "$ne with null matches a missing field, and a pointer, file, place or object faults",
    r#"ask for a field that is set by {"$exists": true}"#,
    r#"{"winner":{"$ne":null}}"# {
        "{}" Match r#"{"winner":null}"# NoMatch
        r#"{"winner":{"__type":"Pointer","className":"_User","objectId":"u1"}}"# Fault
    }

    EQ_LISTS "eq-not-into-lists" Hint Differs,
    "$eq does not look into lists: it compares the whole of the field",
    "write the value in the place of operators, which finds it in a list too",
    r#"{"tags":{"$eq":"a"}}"# { r#"{"tags":["a","b"]}"# NoMatch r#"{"tags":"a"}"# Match }

    NE_LISTS "ne-not-into-lists" Hint Differs,
    "$ne does not look into lists: it compares the whole of the field",
    "put the value into the list of a $nin, which looks into lists",
    r#"{"tags":{"$ne":"a"}}"# { r#"{"tags":["a","b"]}"# Match r#"{"tags":"a"}"# NoMatch }

    TEXT_NO_ID "text-no-id" Hint Differs,
    "$eq and $ne take a text for no id: beside a pointer find() does",
    "compare with the pointer: in the place of operators, or in the list of a $nin",
    r#"{"owner":{"$ne":"u1"}}"# {
        r#"{"owner":{"__type":"Pointer","className":"_User","objectId":"u1"}}"# Match r#"{"owner":"u1"}"# NoMatch
    }

    NULL_FAULTS "null-faults" Hint Differs,
    "a field that is null faults when it is compared with a pointer, date, list or object",
    "unset fields instead of setting them to null",
    r#"{"owner":{"__type":"Pointer","className":"_User","objectId":"u1"}}"# {
        r#"{"owner":null}"# Fault "{}" NoMatch
        r#"{"owner":{"__type":"Pointer","className":"_User","objectId":"u1"}}"# Match
    }

    // Ranges.

    RANGE_MISSING "range-on-missing" Hint Differs,
    "a range matches whatever has no order: a missing field, an object, a word beside a number; null counts as 0",
    r#"put {"$exists": true} beside it, and keep to one type"#,
    r#"{"score":{"$lt":5}}"# {
        "{}" Match r#"{"score":"many"}"# Match r#"{"score":null}"# Match r#"{"score":9}"# NoMatch
    }

    RANGE_NULL "range-with-null" Warning Differs,
    "null and booleans are compared as the numbers 0 and 1",
    "give a number, a text or a Date",
    r#"{"score":{"$lt":null}}"# { r#"{"score":-1}"# Match r#"{"score":1}"# NoMatch "{}" Match }

    RANGE_LIST "range-with-list" Warning Differs,
    "a list is compared as the text of its members, joined by commas",
    "give a number, a text or a Date",
    r#"{"score":{"$lt":[5]}}"# { r#"{"score":4}"# Match r#"{"score":6}"# NoMatch }

    RANGE_OBJECT "range-with-object" Warning Differs,
    "an object is compared as the text [object Object]",
    "give a number, a text or a Date",
    r#"{"score":{"$lt":{"a":1}}}"# { r#"{"score":9}"# Match r#"{"score":"a"}"# NoMatch }

    RELATIVE_TIME "relative-time" Warning Differs,
    "relative times are not computed here, and every date is both before and after them",
    "send a Date",
    r#"{"due":{"$gt":{"$relativeTime":"1 day ago"}}}"# {
        r#"{"due":{"__type":"Date","iso":"2000-01-01T00:00:00.000Z"}}"# Match
    }

    // Lists.

    IN_EMPTY "in-empty" Error NeverMatches,
    "nothing is in an empty list",
    "give at least one member",
    r#"{"tags":{"$in":[]}}"# { r#"{"tags":[]}"# NoMatch r#"{"tags":"a"}"# NoMatch }

    NIN_EMPTY "nin-empty" Warning AlwaysMatches,
    "nothing is in an empty list",
    "give at least one member",
    r#"{"tags":{"$nin":[]}}"# { r#"{"tags":[]}"# Match r#"{"tags":"a"}"# Match }

    IN_UNFINDABLE "in-unfindable" Error NeverMatches,
    "dates, lists and objects are found in no list",
    "use $or with one equality each",
    r#"{"due":{"$in":[{"__type":"Date","iso":"2024-03-01T12:00:00.000Z"}]}}"# {
        r#"{"due":{"__type":"Date","iso":"2024-03-01T12:00:00.000Z"}}"# NoMatch
    }

    NIN_UNFINDABLE "nin-unfindable" Warning AlwaysMatches,
    "dates, lists and objects are found in no list",
    "use $nor with one equality each",
    r#"{"due":{"$nin":[{"__type":"Date","iso":"2024-03-01T12:00:00.000Z"}]}}"# {
        r#"{"due":{"__type":"Date","iso":"2024-03-01T12:00:00.000Z"}}"# Match
    }

    IN_PARTLY_UNFINDABLE "in-partly-unfindable" Warning Differs,
    "the dates, lists and objects among the members are never found",
    "use $or with one equality each",
    r#"{"due":{"$in":["soon",{"__type":"Date","iso":"2024-03-01T12:00:00.000Z"}]}}"# {
        r#"{"due":{"__type":"Date","iso":"2024-03-01T12:00:00.000Z"}}"# NoMatch r#"{"due":"soon"}"# Match
    }

    IN_NULL "in-null" Hint Differs,
    "null in a list does not find a missing field, and a pointer that is not found before it faults",
    r#"ask for a missing field by an $or with {"$exists": false}"#,
    r#"{"winner":{"$in":["x",null]}}"# {
        "{}" NoMatch r#"{"winner":null}"# Match
        r#"{"winner":{"__type":"Pointer","className":"_User","objectId":"u1"}}"# Fault
    }

    IN_NULL_AND_POINTER "in-null-and-pointer" Warning Differs,
    "null in a list faults for every pointer that is not found before it",
    "ask for null by an $or",
    r#"{"owner":{"$in":[null,{"__type":"Pointer","className":"_User","objectId":"u1"}]}}"# {
        r#"{"owner":{"__type":"Pointer","className":"_User","objectId":"u1"}}"# Fault
    }

    IN_TEXT "in-text" Warning Differs,
    "a text in the place of a list is searched for parts",
    "give a list",
    r#"{"code":{"$in":"abc"}}"# { r#"{"code":"b"}"# Match r#"{"code":"d"}"# NoMatch }

    IN_NO_LIST "in-no-list" Error Faults,
    "only a list can be searched",
    "put the members in brackets",
    r#"{"code":{"$in":5}}"# { r#"{"code":5}"# Fault "{}" Fault }

    NIN_NO_LIST "nin-no-list" Error Faults,
    "only a list can be searched, and only pointers are not looked for in anything else",
    "put the members in brackets",
    r#"{"code":{"$nin":5}}"# { r#"{"code":6}"# Fault "{}" Fault }

    IN_OBJECT "in-object" Error Differs,
    "the members of an object are searched for pointers alone, and everything else faults",
    "give a list",
    r#"{"code":{"$in":{"a":"c1"}}}"# {
        r#"{"code":"c1"}"# Fault
        r#"{"code":{"__type":"Pointer","className":"Code","objectId":"c1"}}"# Match
    }

    ALL_EMPTY "all-empty" Warning Differs,
    "this has no members to ask for, and matches whatever is not missing, null, false, 0 or an empty text",
    "give a list of at least one member",
    r#"{"tags":{"$all":[]}}"# { r#"{"tags":["a"]}"# Match r#"{"tags":5}"# Match "{}" NoMatch }

    ALL_UNFINDABLE "all-unfindable" Error NeverMatches,
    "no list is found to hold a pointer, date or object",
    "use $and with one equality each",
    r#"{"owners":{"$all":[{"__type":"Pointer","className":"_User","objectId":"u1"}]}}"# {
        r#"{"owners":[{"__type":"Pointer","className":"_User","objectId":"u1"}]}"# NoMatch
    }

    ALL_LISTS "all-lists" Error Differs,
    "no list is found to hold a list; only texts have such parts",
    "use $and with one equality each",
    r#"{"tags":{"$all":[["a","b"]]}}"# { r#"{"tags":[["a","b"]]}"# NoMatch r#"{"tags":"a,b"}"# Match }

    ALL_NULL "all-null" Error Faults,
    "null has no members",
    "give a list",
    r#"{"tags":{"$all":null}}"# { r#"{"tags":["a"]}"# Fault }

    ALL_TEXT "all-text" Warning Differs,
    "a text in the place of a list stands for its characters",
    "give a list",
    r#"{"tags":{"$all":"ab"}}"# { r#"{"tags":["b","a"]}"# Match r#"{"tags":["ab"]}"# NoMatch }

    ALL_IN_TEXT "all-in-text" Hint Differs,
    "of a text $all asks for parts, and a field that is neither list nor text faults",
    "keep lists alone in this field",
    r#"{"tags":{"$all":["a"]}}"# { r#"{"tags":"abc"}"# Match r#"{"tags":5}"# Fault r#"{"tags":["a"]}"# Match }

    CONTAINED_NO_LIST "contained-by-no-list" Error Differs,
    "only a list contains elements, and nothing but an empty field is contained in this",
    "put the members in brackets",
    r#"{"tags":{"$containedBy":5}}"# { r#"{"tags":[5]}"# Fault r#"{"tags":[]}"# Match }

    CONTAINED_UNFINDABLE "contained-by-unfindable" Warning Differs,
    "the dates, lists and objects among the members are never found",
    "keep texts or numbers to compare",
    r#"{"days":{"$containedBy":[{"__type":"Date","iso":"2024-03-01T12:00:00.000Z"}]}}"# {
        r#"{"days":[{"__type":"Date","iso":"2024-03-01T12:00:00.000Z"}]}"# NoMatch
    }

    CONTAINED_FAULTS "contained-by-faults" Hint Differs,
    "a field that is neither list nor text faults, one that is missing too",
    "ask before it whether `field.length` exists",
    r#"{"tags":{"$containedBy":["a","b"]}}"# { "{}" Fault r#"{"tags":["a"]}"# Match r#"{"tags":["c"]}"# NoMatch }

    EXISTS_NO_BOOLEAN "exists-no-boolean" Warning Ignored,
    "only true and false are understood",
    "send one of them",
    r#"{"winner":{"$exists":1}}"# { "{}" Match r#"{"winner":"x"}"# Match }

    // Patterns.

    REGEX_INVALID "regex-invalid" Error NeverMatches,
    r"the pattern or its flags are not valid JavaScript once \Q…\E is rewritten",
    "escape it by hand",
    r#"{"name":{"$regex":"(\\Q)\\E"}}"# { r#"{"name":")"}"# NoMatch }

    REGEX_NO_PATTERN "regex-no-pattern" Error Faults,
    "this is no pattern",
    "give a text",
    r#"{"meta.$or":[{"name":{"$regex":5}}]}"# { r#"{"meta":{"name":"5"}}"# Fault }

    REGEX_EVERYTHING "regex-everything" Warning AlwaysMatches,
    "every text has this pattern in it, and every value has a text",
    r#"leave it out, or ask for {"$exists": true}"#,
    r#"{"name":{"$regex":"^\\Q\\E"}}"# { "{}" Match r#"{"name":"x"}"# Match r#"{"name":5}"# Match }

    REGEX_VALUES "regex-on-values" Hint Differs,
    "whatever is no text is searched as one: a missing field is undefined, null is null, a list is joined by commas",
    r#"put {"$exists": true} beside it, and keep texts alone in this field"#,
    r#"{"name":{"$regex":"def"}}"# { "{}" Match r#"{"name":["d","def"]}"# Match r#"{"name":"abc"}"# NoMatch }

    OPTIONS_UNREAD "regex-options-unread" Warning Ignored,
    "$options beside an object are not read",
    "put them into its flags",
    r#"{"name":{"$options":"i","$regex":{"source":"a","flags":""}}}"# { r#"{"name":"A"}"# NoMatch }

    OPTIONS_ALONE "options-alone" Warning Ignored,
    "nothing beside it reads it",
    "put it beside a $regex",
    r#"{"name":{"$options":"i"}}"# { "{}" Match r#"{"name":"x"}"# Match }

    // Places.

    NEAR_NOTHING "near-nothing" Error NeverMatches,
    "nothing is near nothing",
    "give a GeoPoint",
    r#"{"place":{"$nearSphere":null}}"# {
        r#"{"place":{"__type":"GeoPoint","latitude":10,"longitude":20}}"# NoMatch
    }

    NEAR_NO_POINT "near-no-point" Error Faults,
    "this is no GeoPoint",
    "give one with its __type",
    r#"{"place":{"$nearSphere":{"latitude":10,"longitude":20}}}"# {
        r#"{"place":{"__type":"GeoPoint","latitude":10,"longitude":20}}"# Fault
    }

    DISTANCE_FAULTS "distance-faults" Error Faults,
    "$maxDistance is no number",
    "give one, in radians",
    r#"{"place":{"$nearSphere":{"__type":"GeoPoint","latitude":0,"longitude":0},"$maxDistance":{"toString":1}}}"# {
        r#"{"place":{"__type":"GeoPoint","latitude":0,"longitude":0}}"# Fault
    }

    DISTANCE_NONE "distance-unreachable" Error NeverMatches,
    "$maxDistance is no number or below zero",
    "give a positive one, in radians",
    r#"{"place":{"$nearSphere":{"__type":"GeoPoint","latitude":0,"longitude":0},"$maxDistance":-1}}"# {
        r#"{"place":{"__type":"GeoPoint","latitude":0,"longitude":0}}"# NoMatch
    }

    DISTANCE_ZERO "distance-zero" Warning Ignored,
    "a $maxDistance of 0 means no limit",
    "give a small positive one, in radians",
    r#"{"place":{"$nearSphere":{"__type":"GeoPoint","latitude":0,"longitude":0},"$maxDistance":0}}"# {
        r#"{"place":{"__type":"GeoPoint","latitude":10,"longitude":20}}"# Match
    }

    DISTANCE_ALONE "distance-alone" Warning Ignored,
    "nothing beside it reads it",
    "put it beside a $nearSphere",
    r#"{"place":{"$maxDistance":0.1}}"# { "{}" Match }

    DISTANCE_UNIT "distance-unit" Error NeverMatches,
    "only $maxDistance is understood, in radians",
    "convert it",
    r#"{"place":{"$maxDistanceInKilometers":10,"$nearSphere":{"__type":"GeoPoint","latitude":0,"longitude":0}}}"# {
        r#"{"place":{"__type":"GeoPoint","latitude":0,"longitude":0}}"# NoMatch
    }

    DISTANCE_UNIT_IGNORED "distance-unit-ignored" Warning Ignored,
    "only $maxDistance is understood, in radians, and behind $nearSphere nothing is looked at",
    "convert it",
    r#"{"place":{"$nearSphere":{"__type":"GeoPoint","latitude":0,"longitude":0},"$maxDistanceInKilometers":10}}"# {
        r#"{"place":{"__type":"GeoPoint","latitude":10,"longitude":20}}"# Match
    }

    WITHIN_EMPTY "within-empty" Error NeverMatches,
    "the box is empty or crosses the date line",
    "give its south-west corner first, or two boxes in an $or",
    r#"{"place":{"$within":{"$box":[{"__type":"GeoPoint","latitude":-10,"longitude":170},{"__type":"GeoPoint","latitude":10,"longitude":-170}]}}}"# {
        r#"{"place":{"__type":"GeoPoint","latitude":0,"longitude":175}}"# NoMatch
        r#"{"place":{"__type":"GeoPoint","latitude":0,"longitude":0}}"# NoMatch
    }

    WITHIN_NO_BOX "within-no-box" Error Faults,
    "this is no box",
    r#"give {"$box": [south-west, north-east]}"#,
    r#"{"place":{"$within":{}}}"# { r#"{"place":{"__type":"GeoPoint","latitude":0,"longitude":0}}"# Fault }

    WITHIN_EDGES "within-edges" Hint Differs,
    "the edges of a box are outside",
    "make it a little larger",
    r#"{"place":{"$within":{"$box":[{"__type":"GeoPoint","latitude":0,"longitude":0},{"__type":"GeoPoint","latitude":10,"longitude":10}]}}}"# {
        r#"{"place":{"__type":"GeoPoint","latitude":0,"longitude":5}}"# NoMatch
        r#"{"place":{"__type":"GeoPoint","latitude":5,"longitude":5}}"# Match
    }

    AREA_MISSING "area-missing" Warning AlwaysMatches,
    "no area is given",
    "give $polygon or $centerSphere",
    r#"{"place":{"$geoWithin":{}}}"# { "{}" Match r#"{"place":5}"# Match }

    AREA_UNREADABLE "area-unreadable" Error Faults,
    "this is no area",
    "give $polygon or $centerSphere",
    r#"{"place":{"$geoWithin":null}}"# { "{}" Fault }

    POLYGON_INVALID "polygon-invalid" Error Faults,
    "this is no polygon",
    "give at least three GeoPoints",
    r#"{"place":{"$geoWithin":{"$polygon":[{"__type":"GeoPoint","latitude":0,"longitude":0}]}}}"# {
        r#"{"place":{"__type":"GeoPoint","latitude":0,"longitude":0}}"# Fault
    }

    POLYGON_PAIRS "polygon-pairs" Warning Differs,
    "vertices given as pairs are taken for the point (0, 0)",
    "give GeoPoints",
    r#"{"place":{"$geoWithin":{"$polygon":[[0,0],[10,0],[5,10]]}}}"# {
        r#"{"place":{"__type":"GeoPoint","latitude":5,"longitude":5}}"# NoMatch
    }

    POLYGON_FAULTS "polygon-faults" Hint Differs,
    "a place that is missing or null faults",
    "ask before it whether `field.latitude` exists",
    r#"{"place":{"$geoWithin":{"$polygon":[{"__type":"GeoPoint","latitude":0,"longitude":0},{"__type":"GeoPoint","latitude":0,"longitude":10},{"__type":"GeoPoint","latitude":10,"longitude":5}]}}}"# {
        "{}" Fault r#"{"place":{"__type":"GeoPoint","latitude":3,"longitude":5}}"# Match
    }

    CIRCLE_INVALID "circle-invalid" Error Faults,
    "this is no circle",
    "give [[longitude, latitude], radius in radians]",
    r#"{"place":{"$geoWithin":{"$centerSphere":[{"__type":"GeoPoint","latitude":0,"longitude":0},0.2]}}}"# {
        r#"{"place":{"__type":"GeoPoint","latitude":5,"longitude":5}}"# Fault
    }

    CIRCLE_NO_RADIUS "circle-no-radius" Error NeverMatches,
    "the radius is no length",
    "give one, in radians",
    r#"{"place":{"$geoWithin":{"$centerSphere":[[20,10],-1]}}}"# {
        r#"{"place":{"__type":"GeoPoint","latitude":10,"longitude":20}}"# NoMatch
    }

    CIRCLE_EVERYTHING "circle-everything" Warning AlwaysMatches,
    "no two points of the earth are farther apart than pi radians",
    "give a smaller radius, in radians",
    r#"{"place":{"$geoWithin":{"$centerSphere":[[20,10],100]}}}"# {
        r#"{"place":{"__type":"GeoPoint","latitude":-10,"longitude":-160}}"# Match "{}" Match
    }

    CIRCLE_MISSING "circle-on-missing" Hint Differs,
    "a missing place, a text and a number are taken for the point (0, 0), and null faults",
    "ask before it whether `field.latitude` exists",
    r#"{"place":{"$geoWithin":{"$centerSphere":[[0,0],0.1]}}}"# {
        "{}" Match r#"{"place":null}"# Fault
        r#"{"place":{"__type":"GeoPoint","latitude":80,"longitude":20}}"# NoMatch
    }

    INTERSECTS_NO_POINT "intersects-no-point" Error Faults,
    "this is no point",
    r#"give {"$point": GeoPoint}"#,
    r#"{"area":{"$geoIntersects":{"$point":null}}}"# {
        r#"{"area":{"__type":"Polygon","coordinates":[[0,0],[0,9],[9,9]]}}"# Fault
    }

    INTERSECTS_NOWHERE "intersects-nowhere" Warning Differs,
    "a missing $point is taken for (0, 0)",
    "give a GeoPoint",
    r#"{"area":{"$geoIntersects":{}}}"# {
        r#"{"area":{"__type":"Polygon","coordinates":[[-9,-9],[-9,9],[9,0]]}}"# Match
    }

    INTERSECTS_FAULTS "intersects-faults" Hint Differs,
    "whatever is no polygon faults, a missing field too",
    "ask before it whether `field.coordinates` exists",
    r#"{"area":{"$geoIntersects":{"$point":{"__type":"GeoPoint","latitude":3,"longitude":5}}}}"# {
        "{}" Fault r#"{"area":{"__type":"Polygon","coordinates":[[0,0],[0,10],[10,5]]}}"# Match
    }

    // Operators.

    ENDED "after-the-end" Warning Ignored,
    "an operator before it ends the constraint",
    "write it first, or in an $and",
    r#"{"place":{"$nearSphere":{"__type":"GeoPoint","latitude":0,"longitude":0},"$maxDistance":0.1,"$exists":false}}"# {
        r#"{"place":{"__type":"GeoPoint","latitude":0,"longitude":1}}"# Match
    }

    SUB_QUERY "sub-query" Error NeverMatches,
    "sub-queries need the database",
    "fetch the ids and ask for them by $in or $nin",
    r#"{"team":{"$inQuery":{"className":"Team","where":{"rank":1}}}}"# {
        r#"{"team":{"__type":"Pointer","className":"Team","objectId":"t1"}}"# NoMatch
    }

    SELECT "select" Error NeverMatches,
    "sub-queries need the database",
    "fetch the values and ask for them by $in or $nin",
    r#"{"town":{"$dontSelect":{"key":"city","query":{"className":"Team","where":{}}}}}"# {
        r#"{"town":"Oslo"}"# NoMatch "{}" NoMatch
    }

    RELATED_TO "related-to" Error NeverMatches,
    "relations cannot be followed without the database",
    "keep a list of pointers in the object and ask for one of them",
    r#"{"$relatedTo":{"object":{"__type":"Pointer","className":"Team","objectId":"t1"},"key":"members"}}"# {
        "{}" NoMatch
    }

    FULL_TEXT "full-text" Error NeverMatches,
    "full text search needs the database",
    "use $regex",
    r#"{"name":{"$text":{"$search":{"$term":"x"}}}}"# { r#"{"name":"x"}"# NoMatch }

    UNKNOWN_OPERATOR "unknown-operator" Error NeverMatches,
    "this operator is unknown here",
    "there are $eq, $ne, $lt, $lte, $gt, $gte, $in, $nin, $all, $containedBy, $exists, $regex, $options, $nearSphere, $maxDistance, $within, $geoWithin and $geoIntersects",
    r#"{"tags":{"$size":1}}"# { r#"{"tags":["a"]}"# NoMatch }

    // Groups.

    GROUP_NO_LIST "group-no-list" Error NeverMatches,
    "a group takes a list of clauses",
    "put them in brackets",
    r#"{"meta.$or":{"a":1}}"# { r#"{"meta":{"a":1}}"# NoMatch }

    OR_EMPTY "or-empty" Error NeverMatches,
    "no branch is there to match",
    "give at least one",
    r#"{"$or":[]}"# { "{}" NoMatch }

    AND_EMPTY "and-empty" Warning AlwaysMatches,
    "no branch is there to refuse",
    "give at least one",
    r#"{"$and":[]}"# { "{}" Match }

    BLANK_BRANCH "blank-branch" Warning AlwaysMatches,
    "this branch asks for nothing",
    "leave it out or fill it",
    r#"{"$or":[{},{"a":1}]}"# { "{}" Match r#"{"a":2}"# Match }

    NOR_BLANK "nor-blank-branch" Error NeverMatches,
    "this branch matches everything, so that the group matches nothing",
    "leave it out or fill it",
    r#"{"$nor":[{},{"a":1}]}"# { "{}" NoMatch r#"{"a":2}"# NoMatch }

    UNKNOWN_GROUP_NEVER "unknown-group" Error NeverMatches,
    "this is taken for a field, which no object has",
    "the groups are $or, $and and $nor, in lower case",
    r#"{"$AND":[{"a":1},{"b":2}]}"# { r#"{"a":1,"b":2}"# NoMatch }

    UNKNOWN_GROUP_ALWAYS "unknown-group-always" Warning AlwaysMatches,
    "this is taken for a field, which no object has",
    "the groups are $or, $and and $nor, in lower case",
    r#"{"$not":{"$ne":1}}"# { "{}" Match r#"{"a":1}"# Match }

    UNKNOWN_GROUP_FAULTS "unknown-group-faults" Error Faults,
    "this is taken for a field, which no object has",
    "the groups are $or, $and and $nor, in lower case",
    r#"{"$Or":{"$containedBy":[{"a":1}]}}"# { "{}" Fault r#"{"a":1}"# Fault }

    // Fields.

    UNSTORED_NEVER "unstored-field" Error NeverMatches,
    "no object has a field of this name",
    "the id of an object is its objectId; names begin with a letter and go on with letters, digits and _",
    r#"{"_id":"x1"}"# { r#"{"objectId":"x1"}"# NoMatch }

    UNSTORED_ALWAYS "unstored-field-always" Warning AlwaysMatches,
    "no object has a field of this name",
    "the id of an object is its objectId; names begin with a letter and go on with letters, digits and _",
    r#"{"_id":{"$ne":"x1"}}"# { r#"{"objectId":"x1"}"# Match }

    UNSTORED_FAULTS "unstored-field-faults" Error Faults,
    "no object has a field of this name",
    "the id of an object is its objectId; names begin with a letter and go on with letters, digits and _",
    r#"{"_tags":{"$containedBy":["a"]}}"# { r#"{"tags":["a"]}"# Fault }

    ID_FIELD "id-field" Warning Differs,
    "id is a field like others, and not the id of an object",
    "ask for objectId",
    r#"{"id":"x1"}"# { r#"{"objectId":"x1"}"# NoMatch }

    DOTTED_PATH "path-not-into-lists" Hint Differs,
    "a path does not lead into the members of a list, and leads into what find() does not look into: texts, pointers and places",
    "keep what is asked for in a field of the object",
    r#"{"lines.sku":"a1"}"# { r#"{"lines":[{"sku":"a1"}]}"# NoMatch r#"{"lines":{"sku":"a1"}}"# Match }

    JAVASCRIPT_NAME "javascript-name" Hint Differs,
    "what JavaScript knows by this name is found where nothing is stored under it: the length of lists and texts, methods of objects",
    "give the field another name",
    r#"{"tags.length":2}"# { r#"{"tags":["a","b"]}"# Match r#"{"tags":["a"]}"# NoMatch }

    SERVER_NAME "server-name" Hint Differs,
    "find() looks in a column of the server's own for expiresAt, lastUsed and timesUsed",
    "give the field another name",
    r#"{"timesUsed":5}"# { r#"{"timesUsed":5}"# Match r#"{"timesUsed":6}"# NoMatch }

    ACL "acl" Hint Differs,
    "who may read an object is weighed for each subscriber anyway, and find() refuses to be asked for it",
    "leave it out",
    r#"{"ACL":{"$exists":true}}"# { r#"{"ACL":{"*":{"read":true}}}"# Match "{}" NoMatch }

    CONTRADICTION "contradiction" Error NeverMatches,
    "no value that the field can have satisfies all that is asked of it",
    "put what are alternatives into an $or",
    r#"{"$and":[{"rank":{"$in":[1,2]}},{"rank":{"$exists":false}}]}"# {
        r#"{"rank":1}"# NoMatch "{}" NoMatch
    }

    FAULT_ALWAYS "always-faults" Error Faults,
    "every value that the field can have faults",
    "ask this of a field with values of another type",
    r#"{"objectId":{"$geoIntersects":{"$point":{"__type":"GeoPoint","latitude":3,"longitude":5}}}}"# {
        r#"{"objectId":"x1"}"# Fault
    }

    TAUTOLOGY "tautology" Warning AlwaysMatches,
    "every value that the field can have satisfies this",
    "leave it out",
    r#"{"$or":[{"rank":{"$lt":5}},{"rank":{"$gte":5}}]}"# {
        r#"{"rank":4}"# Match r#"{"rank":5}"# Match r#"{"rank":"a"}"# Match "{}" Match
    }

    KEY_TWICE "key-twice" Warning Ignored,
    "a key that is given twice counts once, in its first place and with its last value",
    "put both into an $and",
    r#"{"score":{"$gt":5},"score":{"$exists":true}}"# { r#"{"score":1}"# Match }
}
