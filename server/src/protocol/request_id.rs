//! The number by which a client calls a subscription.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A client's number for one of its subscriptions: any number of JavaScript's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RequestId(u64);

impl From<f64> for RequestId {
    fn from(number: f64) -> Self {
        // To JavaScript 0 and -0 are one key.
        Self(if number == 0.0 { 0 } else { number.to_bits() })
    }
}

impl<'de> Deserialize<'de> for RequestId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(Self::from)
    }
}

impl Serialize for RequestId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// Up to here every whole number is a double.
        const WHOLE: f64 = 9_007_199_254_740_992.0;
        let number = f64::from_bits(self.0);
        if number % 1.0 == 0.0 && number.abs() <= WHOLE {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "it is whole and within 2^53"
            )]
            return serializer.serialize_i64(number as i64);
        }
        serializer.serialize_f64(number)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", f64::from_bits(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_comes_back_as_it_was() {
        for text in ["0", "1", "-7", "1.5", "9007199254740992"] {
            let id: RequestId = serde_json::from_str(text).expect("a number");
            assert_eq!(serde_json::to_string(&id).expect("writes"), text);
        }
        assert!(RequestId::from(-0.0) == RequestId::from(0.0));
        assert!(serde_json::from_str::<RequestId>("\"1\"").is_err());
    }
}
