//! Queries that answer differently have different fingerprints, however little their clauses differ in.

use livematch::{Object, Query};

/// Two clauses, and an object for which they answer differently.
const DIFFERENT: &[(&str, &str, &str)] = &[
    // Fields and plain values.
    (r#"{"f":5}"#, r#"{"g":5}"#, r#"{"f":5}"#),
    (r#"{"f":5}"#, r#"{"f.g":5}"#, r#"{"f":5}"#),
    (r#"{"f":5}"#, r#"{"f":6}"#, r#"{"f":5}"#),
    (r#"{"f":5}"#, r#"{"f":"5"}"#, r#"{"f":5}"#),
    (r#"{"f":15}"#, r#"{"f":1}"#, r#"{"f":1}"#),
    (r#"{"f":true}"#, r#"{"f":false}"#, r#"{"f":true}"#),
    (r#"{"f":true}"#, r#"{"f":"true"}"#, r#"{"f":true}"#),
    (r#"{"f":"a"}"#, r#"{"f":"b"}"#, r#"{"f":"a"}"#),
    (r#"{"f":"a"}"#, r#"{"f":"a\""}"#, r#"{"f":"a"}"#),
    // Typed values.
    (
        r#"{"f":{"__type":"Pointer","className":"A","objectId":"x"}}"#,
        r#"{"f":{"__type":"Pointer","className":"B","objectId":"x"}}"#,
        r#"{"f":{"__type":"Pointer","className":"A","objectId":"x"}}"#,
    ),
    (
        r#"{"f":{"__type":"Pointer","className":"A","objectId":"x"}}"#,
        r#"{"f":{"__type":"Pointer","className":"A","objectId":"y"}}"#,
        r#"{"f":{"__type":"Pointer","className":"A","objectId":"x"}}"#,
    ),
    (
        r#"{"f":{"__type":"Pointer","className":"AB","objectId":"x"}}"#,
        r#"{"f":{"__type":"Pointer","className":"A","objectId":"Bx"}}"#,
        r#"{"f":{"__type":"Pointer","className":"A","objectId":"Bx"}}"#,
    ),
    (
        r#"{"f":{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}}"#,
        r#"{"f":{"__type":"Date","iso":"2020-01-01T00:00:00.001Z"}}"#,
        r#"{"f":{"__type":"Date","iso":"2020-01-01T00:00:00.000Z"}}"#,
    ),
    (
        r#"{"f":{"$lt":{"__type":"Date","iso":"1970-01-01T00:00:00.005Z"}}}"#,
        r#"{"f":{"$lt":"1970-01-01T00:00:00.005Z"}}"#,
        r#"{"f":6}"#,
    ),
    (
        r#"{"f":{"$eq":{"a":1}}}"#,
        r#"{"f":{"$eq":{"a":2}}}"#,
        r#"{"f":{"a":1}}"#,
    ),
    (
        r#"{"f":{"$eq":{"a":1}}}"#,
        r#"{"f":{"$eq":{"b":1}}}"#,
        r#"{"f":{"a":1}}"#,
    ),
    (
        r#"{"f":{"$eq":{"a":1,"b":2}}}"#,
        r#"{"f":{"$eq":{"a":1}}}"#,
        r#"{"f":{"a":1}}"#,
    ),
    (
        r#"{"f":{"$eq":[1,2]}}"#,
        r#"{"f":{"$eq":[2,1]}}"#,
        r#"{"f":[1,2]}"#,
    ),
    (
        r#"{"f":{"$eq":[1,[2]]}}"#,
        r#"{"f":{"$eq":[[1],2]}}"#,
        r#"{"f":[1,[2]]}"#,
    ),
    (
        r#"{"f":{"$eq":[12]}}"#,
        r#"{"f":{"$eq":[1,2]}}"#,
        r#"{"f":[12]}"#,
    ),
    (
        r#"{"f":{"$eq":[null]}}"#,
        r#"{"f":{"$eq":["null"]}}"#,
        r#"{"f":["null"]}"#,
    ),
    (
        r#"{"f":{"$eq":[true]}}"#,
        r#"{"f":{"$eq":[false]}}"#,
        r#"{"f":[true]}"#,
    ),
    // Operators.
    (r#"{"f":{"$lt":5}}"#, r#"{"f":{"$lte":5}}"#, r#"{"f":5}"#),
    (r#"{"f":{"$gt":5}}"#, r#"{"f":{"$gte":5}}"#, r#"{"f":5}"#),
    (r#"{"f":{"$lt":5}}"#, r#"{"f":{"$gt":5}}"#, r#"{"f":4}"#),
    (r#"{"f":{"$lte":5}}"#, r#"{"f":{"$gte":5}}"#, r#"{"f":4}"#),
    (r#"{"f":{"$lt":5}}"#, r#"{"f":{"$lt":4}}"#, r#"{"f":4}"#),
    (r#"{"f":{"$eq":5}}"#, r#"{"f":{"$ne":5}}"#, r#"{"f":5}"#),
    (r#"{"f":{"$eq":5}}"#, r#"{"f":5}"#, r#"{"f":[5]}"#),
    (r#"{"f":{"$ne":5}}"#, r#"{"f":{"$ne":4}}"#, r#"{"f":5}"#),
    (
        r#"{"f":{"$in":[5]}}"#,
        r#"{"f":{"$nin":[5]}}"#,
        r#"{"f":5}"#,
    ),
    (r#"{"f":{"$in":[5]}}"#, r#"{"f":{"$in":[6]}}"#, r#"{"f":5}"#),
    (
        r#"{"f":{"$in":[5]}}"#,
        r#"{"f":{"$in":[5,6]}}"#,
        r#"{"f":6}"#,
    ),
    (
        r#"{"f":{"$in":["a","b"]}}"#,
        r#"{"f":{"$in":["ab"]}}"#,
        r#"{"f":"a"}"#,
    ),
    (
        r#"{"f":{"$in":["ab"]}}"#,
        r#"{"f":{"$in":"ab"}}"#,
        r#"{"f":"a"}"#,
    ),
    (
        r#"{"f":{"$in":[null,{"className":"A","objectId":"x"}]}}"#,
        r#"{"f":{"$in":[{"className":"A","objectId":"x"},null]}}"#,
        r#"{"f":{"__type":"Pointer","className":"A","objectId":"x"}}"#,
    ),
    (
        r#"{"f":{"$containedBy":[5]}}"#,
        r#"{"f":{"$in":[5]}}"#,
        r#"{"f":[5,6]}"#,
    ),
    (
        r#"{"f":{"$all":[5]}}"#,
        r#"{"f":{"$all":[5,6]}}"#,
        r#"{"f":[5]}"#,
    ),
    (
        r#"{"f":{"$all":["a",[1,2]]}}"#,
        r#"{"f":{"$all":["a",[2,1]]}}"#,
        r#"{"f":"a1,2"}"#,
    ),
    (
        r#"{"f":{"$all":["z",{"toString":1}]}}"#,
        r#"{"f":{"$all":[{"toString":1},"z"]}}"#,
        r#"{"f":"abc"}"#,
    ),
    (
        r#"{"f":{"$all":{"0":"a","length":1}}}"#,
        r#"{"f":{"$all":{"0":"a","length":2}}}"#,
        r#"{"f":"a"}"#,
    ),
    (
        r#"{"f":{"$all":{"0":"a","length":1}}}"#,
        r#"{"f":{"$all":{"0":"b","length":1}}}"#,
        r#"{"f":"a"}"#,
    ),
    (
        r#"{"f":{"$all":{"0":"a","1":"b","length":2}}}"#,
        r#"{"f":{"$all":{"0":"a","length":2}}}"#,
        r#"{"f":"ab"}"#,
    ),
    (
        r#"{"f":{"$all":5}}"#,
        r#"{"f":{"$all":null}}"#,
        r#"{"f":"a"}"#,
    ),
    (
        r#"{"f":{"$all":5}}"#,
        r#"{"f":{"$all":[5]}}"#,
        r#"{"f":"a"}"#,
    ),
    (
        r#"{"f":{"$exists":true}}"#,
        r#"{"f":{"$exists":false}}"#,
        r#"{"f":5}"#,
    ),
    (
        r#"{"f":{"$regex":"a"}}"#,
        r#"{"f":{"$regex":"b"}}"#,
        r#"{"f":"a"}"#,
    ),
    (
        r#"{"f":{"$regex":"a"}}"#,
        r#"{"f":{"$regex":"a","$options":"i"}}"#,
        r#"{"f":"A"}"#,
    ),
    (
        r#"{"f":{"$regex":"^a","$options":"i"}}"#,
        r#"{"f":{"$regex":"^a","$options":"im"}}"#,
        r#"{"f":"b\na"}"#,
    ),
    (
        r#"{"f":{"$exists":true,"$gt":3}}"#,
        r#"{"f":{"$exists":true}}"#,
        r#"{"f":2}"#,
    ),
    // Places.
    (
        r#"{"f":{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":1},"$maxDistance":0.1}}"#,
        r#"{"f":{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":9},"$maxDistance":0.1}}"#,
        r#"{"f":{"latitude":1,"longitude":1}}"#,
    ),
    (
        r#"{"f":{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":1},"$maxDistance":0.1}}"#,
        r#"{"f":{"$nearSphere":{"__type":"GeoPoint","latitude":9,"longitude":1},"$maxDistance":0.1}}"#,
        r#"{"f":{"latitude":1,"longitude":1}}"#,
    ),
    (
        r#"{"f":{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":1},"$maxDistance":0.1}}"#,
        r#"{"f":{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":1},"$maxDistance":0.2}}"#,
        r#"{"f":{"latitude":1,"longitude":9}}"#,
    ),
    (
        r#"{"f":{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":1},"$maxDistance":{"toString":1}}}"#,
        r#"{"f":{"$nearSphere":{"__type":"GeoPoint","latitude":1,"longitude":1}}}"#,
        r#"{"f":{"latitude":1,"longitude":1}}"#,
    ),
    (
        r#"{"f":{"$nearSphere":0}}"#,
        r#"{"f":{"$nearSphere":5}}"#,
        r#"{"f":{"latitude":1,"longitude":1}}"#,
    ),
    (
        r#"{"f":{"$within":{"$box":[{"latitude":0,"longitude":0},{"latitude":3,"longitude":3}]}}}"#,
        r#"{"f":{"$within":{"$box":[{"latitude":0,"longitude":0},{"latitude":3,"longitude":4}]}}}"#,
        r#"{"f":{"latitude":1,"longitude":3}}"#,
    ),
    (
        r#"{"f":{"$within":{"$box":[{"latitude":"0","longitude":0},{"latitude":"3","longitude":3}]}}}"#,
        r#"{"f":{"$within":{"$box":[{"latitude":"0","longitude":0},{"latitude":"4","longitude":3}]}}}"#,
        r#"{"f":{"latitude":"3","longitude":1}}"#,
    ),
    (
        r#"{"f":{"$within":{"$box":[{"latitude":0,"longitude":{"toString":1}},{"latitude":3,"longitude":3}]}}}"#,
        r#"{"f":{"$within":{"$box":[{"latitude":0,"longitude":"0"},{"latitude":3,"longitude":3}]}}}"#,
        r#"{"f":{"latitude":1,"longitude":1}}"#,
    ),
    (
        r#"{"f":{"$within":0}}"#,
        r#"{"f":{"$within":{}}}"#,
        r#"{"f":{"latitude":1,"longitude":1}}"#,
    ),
    (
        r#"{"f":{"$geoWithin":{"$polygon":[{"latitude":0,"longitude":0},{"latitude":0,"longitude":9},{"latitude":9,"longitude":0}]}}}"#,
        r#"{"f":{"$geoWithin":{"$polygon":[{"latitude":0,"longitude":0},{"latitude":0,"longitude":1},{"latitude":1,"longitude":0}]}}}"#,
        r#"{"f":{"latitude":2,"longitude":2}}"#,
    ),
    (
        r#"{"f":{"$geoWithin":{"$polygon":[{"latitude":0,"longitude":0},{"latitude":0,"longitude":9},{"latitude":9,"longitude":0}]}}}"#,
        r#"{"f":{"$geoWithin":{"$polygon":[{"latitude":0,"longitude":0}]}}}"#,
        r#"{"f":{"latitude":2,"longitude":2}}"#,
    ),
    (
        r#"{"f":{"$geoWithin":{"$centerSphere":[[1,1],0.1]}}}"#,
        r#"{"f":{"$geoWithin":{"$centerSphere":[[1,1],0.2]}}}"#,
        r#"{"f":{"__type":"GeoPoint","latitude":1,"longitude":9}}"#,
    ),
    (
        r#"{"f":{"$geoWithin":{"$centerSphere":[[1,1],0.1]}}}"#,
        r#"{"f":{"$geoWithin":{"$centerSphere":[[9,1],0.1]}}}"#,
        r#"{"f":{"__type":"GeoPoint","latitude":1,"longitude":1}}"#,
    ),
    (
        r#"{"f":{"$geoWithin":{"$centerSphere":[[1,1],0.1]}}}"#,
        r#"{"f":{"$geoWithin":{"$centerSphere":[]}}}"#,
        r#"{"f":{"__type":"GeoPoint","latitude":1,"longitude":1}}"#,
    ),
    (
        r#"{"f":{"$geoIntersects":{"$point":{"__type":"GeoPoint","latitude":1,"longitude":1}}}}"#,
        r#"{"f":{"$geoIntersects":{"$point":{"__type":"GeoPoint","latitude":7,"longitude":7}}}}"#,
        r#"{"f":{"coordinates":[[0,0],[0,9],[9,0]]}}"#,
    ),
    (
        r#"{"f":{"$geoIntersects":{"$point":{"__type":"GeoPoint","latitude":1,"longitude":1}}}}"#,
        r#"{"f":{"$geoIntersects":{"$point":null}}}"#,
        r#"{"f":{"coordinates":[[0,0],[0,9],[9,0]]}}"#,
    ),
    // What holds for all, for none, or for nobody knows.
    (
        r#"{"f":{"$options":"i"}}"#,
        r#"{"f":{"$inQuery":{}}}"#,
        r#"{"f":5}"#,
    ),
    (
        r#"{"f":{"$inQuery":{}}}"#,
        r#"{"f":{"$eq":{"__type":"GeoPoint","latitude":91,"longitude":0}}}"#,
        r#"{"f":5}"#,
    ),
    // Logic, and the order in which it looks.
    (
        r#"{"$or":[{"f":5},{"g":5}]}"#,
        r#"{"$and":[{"f":5},{"g":5}]}"#,
        r#"{"f":5}"#,
    ),
    (
        r#"{"$or":[{"f":5},{"g":5}]}"#,
        r#"{"$nor":[{"f":5},{"g":5}]}"#,
        r#"{"f":5}"#,
    ),
    (
        r#"{"$or":[{"f":5,"g":5},{"h":5}]}"#,
        r#"{"$or":[{"f":5},{"g":5,"h":5}]}"#,
        r#"{"f":5}"#,
    ),
    (
        r#"{"$or":[{"a":5},{"b":5},{"c":5},{"d":5},{"f":5,"g":5},{"h":5},{"i":5}]}"#,
        r#"{"$or":[{"a":5},{"b":5},{"c":5},{"d":5},{"f":5,"$or":[{"g":5},{"h":5}]},{"i":5}]}"#,
        r#"{"h":5}"#,
    ),
    (
        r#"{"$or":[{"f":5},{"g":{"$all":null}}]}"#,
        r#"{"$or":[{"g":{"$all":null}},{"f":5}]}"#,
        r#"{"f":5,"g":5}"#,
    ),
    (
        r#"{"f":6,"g":{"$all":null}}"#,
        r#"{"g":{"$all":null},"f":6}"#,
        r#"{"f":5,"g":5}"#,
    ),
    (
        r#"{"f":{"$exists":false,"$all":null}}"#,
        r#"{"f":{"$all":null,"$exists":false}}"#,
        r#"{"f":5}"#,
    ),
];

#[test]
fn what_answers_differently_has_another_fingerprint() {
    for (a, b, object) in DIFFERENT {
        let [one, other]: [Query; 2] = [a, b].map(|clause| clause.parse().expect(clause));
        let object: Object = object.parse().expect("an object");
        assert_ne!(one.verdict(&object), other.verdict(&object), "{a} {b}");
        assert_ne!(one.fingerprint(), other.fingerprint(), "{a} {b}");
    }
}
