//! From what the SDK holds to what operators see of an operand.

use super::op::{Op, RelationOp};
use super::{Attributes, Decoded, SdkObject};
use crate::value::{Datum, Fields, Instance, Species};

impl Decoded {
    pub(super) fn into_operand(self) -> Datum {
        match self {
            Self::Leaf(datum) => datum,
            Self::Array(items) => array(items),
            Self::Plain(members) => Datum::Object(members.into_operand()),
            Self::Date(ms) => Datum::Date(ms),
            Self::GeoPoint(point) => geo_point(point),
            Self::Polygon(corners) => polygon(&corners),
            Self::File { name, url } => file(name, url),
            Self::Relation(class_name) => relation(class_name),
            Self::Acl(lists) => Datum::Object(fields([("permissionsById", Datum::Object(lists))])),
            Self::Op(op) => instance(Species::Operation, own_of_op(*op), Fields::default()),
            Self::Object(object) => sdk_object(*object),
        }
    }
}

impl Attributes {
    fn into_operand(self) -> Fields {
        let entries = self.into_entries().into_iter();
        entries
            .map(|(key, value)| (key, value.into_operand()))
            .collect()
    }
}

fn fields<const N: usize>(entries: [(&str, Datum); N]) -> Fields {
    let entries = entries.into_iter();
    entries.map(|(key, value)| (key.into(), value)).collect()
}

fn instance(species: Species, own: Fields, getters: Fields) -> Datum {
    Datum::Instance(Box::new(Instance {
        species,
        own,
        getters,
    }))
}

fn array(items: Vec<Decoded>) -> Datum {
    Datum::Array(items.into_iter().map(Decoded::into_operand).collect())
}

fn geo_point([latitude, longitude]: [f64; 2]) -> Datum {
    let (latitude, longitude) = (Datum::Number(latitude), Datum::Number(longitude));
    instance(
        Species::GeoPoint,
        fields([
            ("_latitude", latitude.clone()),
            ("_longitude", longitude.clone()),
        ]),
        fields([("latitude", latitude), ("longitude", longitude)]),
    )
}

fn polygon(corners: &[[f64; 2]]) -> Datum {
    let coordinates = super::encode::coordinates(corners);
    instance(
        Species::Polygon,
        fields([("_coordinates", coordinates.clone())]),
        fields([("coordinates", coordinates)]),
    )
}

fn file(name: Datum, url: Datum) -> Datum {
    let nothing = || Datum::Object(Fields::default());
    let own = [
        ("_name", name),
        ("_metadata", nothing()),
        ("_tags", nothing()),
        ("_url", url),
    ];
    instance(Species::File, fields(own), Fields::default())
}

fn relation(class_name: Datum) -> Datum {
    let own = [
        ("parent", Datum::Null),
        ("key", Datum::Null),
        ("targetClassName", class_name),
    ];
    instance(Species::Relation, fields(own), Fields::default())
}

fn own_of_op(op: Op) -> Fields {
    match op {
        Op::Delete => Fields::default(),
        Op::Increment(amount) => fields([("_amount", Datum::Number(amount))]),
        Op::List(_, objects) => fields([("_value", array(objects))]),
        Op::Relation(RelationOp {
            class_name,
            add,
            remove,
        }) => fields([
            ("_targetClassName", class_name.into_operand()),
            ("relationsToAdd", array(add)),
            ("relationsToRemove", array(remove)),
        ]),
    }
}

/// A `Parse.Object` counts itself in a property of its own: a number that no JSON can be equal to.
fn sdk_object(object: SdkObject) -> Datum {
    let count = Some(("_objCount", Datum::Number(f64::NAN)));
    let class_name = object
        .class_name
        .map(|class_name| ("className", class_name));
    let id = object.id.map(|id| ("id", id));
    let own = [count, class_name, id].into_iter().flatten();
    let own = own.map(|(key, value)| (key.into(), value)).collect();
    instance(Species::Object, own, getters(object.data))
}

/// The attributes, and again the times that it has getters for: those that can be copied cheaply.
fn getters(attributes: Attributes) -> Fields {
    let of = |key| {
        let time = attributes.get(key).filter(|time| !time.nests_odd_times());
        time.map_or(Datum::Undefined, |time| time.clone().into_operand())
    };
    let (created, updated) = (of("createdAt"), of("updatedAt"));
    let attributes = Datum::Object(attributes.into_operand());
    fields([
        ("attributes", attributes),
        ("createdAt", created),
        ("updatedAt", updated),
    ])
}
