//! Objects as Parse stores them, drawn from what a clause asks for.

use serde_json::{Value, json};

use super::clauses::Asked;

/// Objects for clauses that ask the same of the same fields, drawn as they are needed.
pub(super) struct Pool {
    drawer: Drawer,
    drawn: Vec<Value>,
}

impl Pool {
    pub(super) fn new(asked: &Asked, seed: u64) -> Self {
        Self {
            drawer: Drawer::new(asked, seed),
            drawn: Vec::new(),
        }
    }

    /// The object of this number, which is drawn if all before it have been.
    pub(super) fn object(&mut self, nth: usize) -> &Value {
        while self.drawn.len() <= nth {
            let object = self.drawer.object();
            self.drawn.push(object);
        }
        &self.drawn[nth]
    }
}

/// Draws objects; equal seeds draw equal ones.
struct Drawer {
    fields: Vec<&'static str>,
    /// For each field the values that are asked of it, and their parts.
    own: Vec<Vec<Value>>,
    /// Which field a value is drawn for.
    field: usize,
    random: Random,
}

/// Xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).expect("less than a usize")
    }

    fn one_of<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())].clone()
    }
}

/// The values that a constraint names: its operands and what is in them.
fn gather(value: &Value, own: &mut Vec<Value>) {
    match value {
        Value::Array(items) => {
            own.push(value.clone());
            // The center of a circle, longitude first.
            if let [Value::Number(longitude), Value::Number(latitude)] = &**items {
                own.push(
                    json!({"__type": "GeoPoint", "latitude": latitude, "longitude": longitude}),
                );
            }
            own.extend(middle(items));
            for item in items {
                gather(item, own);
            }
        }
        Value::Object(members) if members.contains_key("__type") => {
            own.push(value.clone());
            // In a list a pointer is found by its bare id, too.
            own.extend(members.get("objectId").cloned());
        }
        Value::Object(members) => {
            if members.keys().all(|name| !name.starts_with('$')) {
                own.push(value.clone());
            }
            for (name, member) in members {
                match member {
                    Value::String(pattern) if name == "$regex" => own.push(json!(literal(pattern))),
                    _ => gather(member, own),
                }
            }
        }
        scalar => own.push(scalar.clone()),
    }
}

fn pointer(id: &str) -> Value {
    json!({"__type": "Pointer", "className": "Other", "objectId": id})
}

/// The place in the middle of some, which is within the box or polygon that they make.
fn middle(places: &[Value]) -> Option<Value> {
    let mean = |name| {
        let degrees: Option<Vec<f64>> = places
            .iter()
            .map(|place| place.get(name)?.as_f64())
            .collect();
        let degrees = degrees.filter(|degrees| degrees.len() > 1)?;
        Some(degrees.iter().sum::<f64>() / f64::from(u32::try_from(degrees.len()).ok()?))
    };
    let (latitude, longitude) = (mean("latitude")?, mean("longitude")?);
    Some(json!({"__type": "GeoPoint", "latitude": latitude, "longitude": longitude}))
}

/// A text that a pattern matches, if it is as simple as those of this search.
fn literal(pattern: &str) -> String {
    let text = pattern.replace("\\Q", "").replace("\\E", "");
    text.replace(['^', '$', '(', ')', '*'], "")
        .replace('.', "x")
}

impl Drawer {
    fn new(asked: &Asked, seed: u64) -> Self {
        let mut own = vec![vec![json!(5), json!("abc")]; asked.fields.len()];
        for (nth, constraint) in asked.constraints.iter().enumerate() {
            let own = &mut own[nth.min(asked.fields.len() - 1)];
            // More often than the others.
            (0..2).for_each(|_| gather(constraint, own));
        }
        Self {
            fields: asked.fields.clone(),
            own,
            field: 0,
            random: Random((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
        }
    }

    fn object(&mut self) -> Value {
        let of_id = self.fields.iter().position(|field| *field == "objectId");
        self.field = of_id.unwrap_or_default();
        let mut object = json!({
            "objectId": self.id(),
            "createdAt": self.time(),
            "updatedAt": self.time(),
        });
        for nth in 0..self.fields.len() {
            self.field = nth;
            self.set(&mut object, self.fields[nth]);
        }
        object
    }

    fn set(&mut self, object: &mut Value, field: &str) {
        match field {
            "objectId" | "createdAt" | "updatedAt" | "_id" | "$AND" => {}
            "ACL" => {
                if let Some(list) = self.access_list() {
                    object["ACL"] = list;
                }
            }
            "a.b" => match self.random.below(5) {
                0 => {}
                1 => object["a"] = self.value(),
                _ => {
                    object["a"] = json!({});
                    self.set_value(&mut object["a"], "b");
                }
            },
            "a.constructor" => self.set_value(object, "a"),
            field => self.set_value(object, field),
        }
    }

    /// Sets a member of an object, or leaves it out.
    fn set_value(&mut self, object: &mut Value, name: &str) {
        if self.random.below(8) > 0 {
            object[name] = self.value();
        }
    }

    fn value(&mut self) -> Value {
        match self.random.below(11) {
            0..=2 => self.own_value(),
            3 | 4 => self.near(),
            5 | 6 => self.list(),
            7 => self.place(),
            8 => self.together(),
            _ => self.other(),
        }
    }

    /// What is asked for in one value: all of it in a list, or some of it in a text or a list within a list.
    fn together(&mut self) -> Value {
        match self.random.below(3) {
            0 => {
                let mut all = self.own[self.field].clone();
                // It equals every date.
                all.extend((self.random.below(2) == 0).then(|| json!({})));
                Value::Array(all)
            }
            1 => json!(self.joined()),
            _ => json!([self.few()]),
        }
    }

    fn own_value(&mut self) -> Value {
        self.random.one_of(&self.own[self.field])
    }

    fn list(&mut self) -> Value {
        let members = self.random.one_of(&[0, 1, 2, 2, 3]);
        // A list of one compares as what it has, which may be a list again.
        if members == 1 {
            match self.random.below(4) {
                0 | 1 => return json!([self.near()]),
                2 => return json!([self.few()]),
                _ => {}
            }
        }
        let members = (0..members).map(|_| match self.random.below(14) {
            0 | 1 => self.other(),
            8 => json!({}),
            9 => self
                .random
                .one_of(&[json!("9999999999999999"), pointer("o9")]),
            2 | 3 => self.near(),
            4 | 5 => self.few(),
            _ => self.own_value(),
        });
        Value::Array(members.collect())
    }

    /// A list of one or two values that are asked for.
    fn few(&mut self) -> Value {
        let members = 1 + self.random.below(2);
        Value::Array((0..members).map(|_| self.own_value()).collect())
    }

    /// A value a little beside one that is asked for.
    fn near(&mut self) -> Value {
        let own = self.own_value();
        match &own {
            Value::Number(number) => {
                let number = number.as_f64().expect("a double");
                let step = self.random.one_of(&[-4.0, -1.0, -0.5, 0.5, 1.0, 4.0]);
                match self.random.below(8) {
                    0 => json!(number.to_string()),
                    // Texts that have its digits and are read as greater or smaller numbers.
                    1 => json!(format!("{number}{number}")),
                    2 => json!(format!("-{number}")),
                    3 => json!(format!("99999999999999{number}")),
                    _ => json!(number + step),
                }
            }
            Value::String(text) => match self.random.below(5) {
                0 => json!(format!("{text}z")),
                1 => json!(format!("x{text}")),
                2 => json!(text.chars().skip(1).collect::<String>()),
                3 => json!({"__type": "Pointer", "className": "Team", "objectId": text}),
                _ => json!(text.chars().rev().skip(1).collect::<String>()),
            },
            Value::Object(members) => match members.get("__type").and_then(Value::as_str) {
                Some("Date") => self.date(),
                Some("Pointer") => {
                    let id = self.random.one_of(&["t1", "t2", "t3"]);
                    match self.random.below(3) {
                        0 => json!(id),
                        _ => json!({"__type": "Pointer", "className": "Team", "objectId": id}),
                    }
                }
                Some("GeoPoint") => {
                    let at = |name| {
                        members
                            .get(name)
                            .and_then(Value::as_f64)
                            .unwrap_or_default()
                    };
                    self.around(at("latitude"), at("longitude"))
                }
                _ => own,
            },
            _ => own,
        }
    }

    fn date(&mut self) -> Value {
        json!({"__type": "Date", "iso": self.time()})
    }

    /// As the server writes it.
    fn time(&mut self) -> String {
        let random = &mut self.random;
        match random.below(12) {
            0..=3 => "2024-03-01T12:00:00.000Z".to_owned(),
            4 => "2024-03-01T11:59:59.999Z".to_owned(),
            5 => "2024-03-01T12:00:00.001Z".to_owned(),
            6 => random
                .one_of(&["-271821-04-20T00:00:00.000Z", "+275760-09-13T00:00:00.000Z"])
                .to_owned(),
            _ => format!(
                "{}-{:02}-15T08:30:00.000Z",
                1970 + random.below(130),
                1 + random.below(12)
            ),
        }
    }

    fn id(&mut self) -> String {
        let own = self.own_value();
        match own.as_str().filter(|text| !text.is_empty()) {
            Some(text) if self.random.below(2) == 0 => text.to_owned(),
            // Read as a number it is later than every date.
            None if own.is_number() && self.random.below(2) == 0 => format!("99999999999999{own}"),
            _ if self.random.below(8) == 0 => format!("-{}", self.random.below(12)),
            _ if self.random.below(8) == 0 => self.random.below(12).to_string(),
            _ if self.random.below(8) == 0 => "9999999999999999".to_owned(),
            // Of a text several parts are asked for.
            _ if self.random.below(8) == 0 => self.joined(),
            _ => {
                let letters: Vec<char> = "abcxyzABCXYZ0123456789".chars().collect();
                (0..10).map(|_| self.random.one_of(&letters)).collect()
            }
        }
    }

    /// Texts and numbers that are asked for, one behind the other.
    fn joined(&mut self) -> String {
        let parts = (0..3).map(|_| match self.own_value() {
            Value::String(text) if !text.is_empty() => text,
            Value::Number(number) => number.to_string(),
            _ => "x".to_owned(),
        });
        parts.collect()
    }

    /// Who may read and write, which an object that everybody may has none of.
    fn access_list(&mut self) -> Option<Value> {
        match self.random.below(5) {
            0 => None,
            1 => Some(json!({})),
            2 => Some(json!({"*": {"read": true}})),
            3 => Some(json!({"u1": {"read": true, "write": true}, "role:x": {"write": true}})),
            _ => Some(json!({"t1": {"read": true}, "*": {}})),
        }
    }

    /// A place around those of the clause, or anywhere; or an area around such a place.
    fn place(&mut self) -> Value {
        let latitude = self.random.one_of(&[10.0, 11.0, 3.0, 0.0, -80.0, 5.0]);
        let longitude = self.random.one_of(&[20.0, 21.0, 5.0, 0.0, -170.0, 15.0]);
        self.around(latitude, longitude)
    }

    /// A place near another one, or an area around it.
    fn around(&mut self, latitude: f64, longitude: f64) -> Value {
        let (x, y) = (latitude.clamp(-80.0, 80.0), longitude.clamp(-170.0, 170.0));
        match self.random.below(4) {
            0 | 1 => json!({
                "__type": "Polygon",
                "coordinates": [[x - 3.0, y - 3.0], [x - 3.0, y + 4.0], [x + 5.0, y]],
            }),
            2 => json!({"__type": "GeoPoint", "latitude": x + 0.5, "longitude": y - 0.5}),
            _ => json!({"__type": "GeoPoint", "latitude": latitude, "longitude": longitude}),
        }
    }

    /// What any field may hold.
    fn other(&mut self) -> Value {
        match self.random.below(17) {
            0 => Value::Null,
            1 => json!(true),
            2 => json!(false),
            3 => json!(0),
            4 => json!(""),
            5 => json!([]),
            6 => json!({}),
            7 => json!({"k": 1}),
            8 => json!("word"),
            9 => json!("Zebra é"),
            10 => json!(-1_000_000),
            11 => json!(1e15),
            12 => self.date(),
            13 => pointer("o9"),
            14 => json!({"__type": "File", "name": "f", "url": "http://x/f"}),
            15 => json!({"__type": "Relation", "className": "Team"}),
            _ => json!({"__type": "Bytes", "base64": "eA=="}),
        }
    }
}
