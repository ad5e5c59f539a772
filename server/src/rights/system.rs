//! Classes of Parse Server's own.

use super::Operation;

/// Whether clients without the master key may do something to a class at all, as Parse Server's REST API has it.
///
/// Names that begin with an underscore are Parse Server's: those that it gives clients are listed, and any other is
/// closed.
pub(crate) fn is_for_clients(class_name: &str, operation: Operation) -> bool {
    match class_name {
        "_User" | "_Session" | "_Role" | "_Product" => true,
        // A device may read what is known of it by its id, and nobody may look for devices.
        "_Installation" => operation == Operation::Get,
        _ => !class_name.starts_with('_'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_parse_server() {
        let both = |class_name| {
            [Operation::Get, Operation::Find].map(|operation| is_for_clients(class_name, operation))
        };
        for open in ["_User", "_Session", "_Role", "_Product", "Game", "G_", ""] {
            assert_eq!(both(open), [true, true], "{open}");
        }
        assert_eq!(both("_Installation"), [true, false]);
        for closed in ["_PushStatus", "_Hooks", "_Join:users:_Role", "_SCHEMA", "_"] {
            assert_eq!(both(closed), [false, false], "{closed}");
        }
    }
}
