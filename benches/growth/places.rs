//! Points and polygons of a size.

use std::hint::black_box;

use livematch::{Document, GeoPoint, Object, Polygon, View};

use crate::{LINEAR, count, may_be_asked_for};

pub(crate) fn all() {
    for size in [3_000, 6_000] {
        if may_be_asked_for("place: ") {
            polygon(size);
            point(size);
        }
    }
}

fn count_linear(what: &str, work: &mut dyn FnMut()) {
    count(&format!("place: {what}"), LINEAR, work);
}

/// Its vertices go around the origin.
fn polygon(size: usize) {
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let angle = |i: usize| i as f64 / size as f64 * std::f64::consts::TAU;
    let vertices = (0..size).map(|i| angle(i).sin_cos());
    let vertices: Vec<(f64, f64)> = vertices.map(|(y, x)| (30.0 * y, 30.0 * x)).collect();
    let mut points = Vec::with_capacity(size);
    count_linear("GeoPoint::new of each", &mut || {
        let all = vertices.iter().map(|(y, x)| GeoPoint::new(*y, *x));
        points.clear();
        points.extend(all.map(|point| point.expect("a place")));
    });
    let read = || Polygon::new(points.iter().copied()).expect("three vertices");
    count_linear("Polygon::new", &mut || drop(black_box(read())));
    let polygon = read();
    let inside = GeoPoint::new(1.0, 1.0).expect("a place");
    count_linear("Polygon::contains", &mut || {
        black_box(polygon.contains(inside));
    });
    count_linear("Polygon::vertices and GeoPoint::radians_to", &mut || {
        let far = polygon.vertices().map(|vertex| vertex.radians_to(inside));
        black_box(far.sum::<f64>());
    });
    count_linear("Polygon::vertices and GeoPoint::to_json", &mut || {
        black_box(polygon.vertices().map(GeoPoint::to_json).count());
    });
    count_linear("Polygon::to_json", &mut || {
        drop(black_box(polygon.to_json()));
    });
    let json = polygon.to_json();
    count_linear("Polygon::try_from", &mut || {
        drop(black_box(Polygon::try_from(json.view())));
    });
    let object: Object = json.to_string().parse().expect("an object");
    count_linear("Polygon::try_from of an Object", &mut || {
        drop(black_box(Polygon::try_from(object.view())));
    });
    geo_types(&polygon);
}

/// There and back.
#[cfg(feature = "geo")]
fn geo_types(polygon: &Polygon) {
    let area = geo_types::Polygon::from(polygon);
    count_linear("Polygon::try_from of an area", &mut || {
        drop(black_box(Polygon::try_from(&area)));
    });
}

#[cfg(not(feature = "geo"))]
fn geo_types(_: &Polygon) {}

/// Its JSON has many members besides.
fn point(size: usize) {
    let members: Vec<String> = (0..size).map(|i| format!(r#""k{i}":{i},"#)).collect();
    let json = format!(
        r#"{{{}"__type":"GeoPoint","latitude":1,"longitude":2}}"#,
        members.concat()
    );
    let object: Object = json.parse().expect("an object");
    let value: serde_json::Value = json.parse().expect("an object");
    for (what, view) in [("an Object", object.view()), ("a Value", value.view())] {
        let read = |view: View<'_>| GeoPoint::try_from(view).expect("a place");
        count_linear(&format!("GeoPoint::try_from of {what}"), &mut || {
            black_box(read(view));
        });
    }
}
