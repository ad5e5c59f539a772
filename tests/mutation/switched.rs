
/// Which mutant this is. Put into the crate by tests/mutation.
mod switched {
    use std::cell::RefCell;
    use std::fs::OpenOptions;
    use std::io::Write;
    use std::sync::LazyLock;

    /// More than there are in any part.
    const MOST: usize = 4_096;

    static CHOSEN: LazyLock<usize> = LazyLock::new(|| {
        let number = std::env::var("MUTANT").ok();
        number.map_or(0, |number| number.parse().expect("a number"))
    });
    /// Where it is noted which thread has reached which mutant; a test's thread has the test's name.
    static NOTED: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("MUTANTS_REACHED").ok());

    thread_local! {
        // Not allocated, as some tests count what is.
        static REACHED: RefCell<[bool; MOST]> = const { RefCell::new([false; MOST]) };
    }

    pub(crate) fn on(number: usize) -> bool {
        if let Some(file) = &*NOTED {
            note(file, number);
        }
        *CHOSEN == number
    }

    fn note(file: &str, number: usize) {
        let is_new = REACHED.try_with(|reached| {
            let mut reached = reached.borrow_mut();
            !std::mem::replace(&mut reached[number], true)
        });
        if is_new.unwrap_or(true) {
            let thread = std::thread::current();
            let line = format!("{number} {}\n", thread.name().unwrap_or(""));
            let mut file = OpenOptions::new().append(true).create(true).open(file).expect("a file");
            file.write_all(line.as_bytes()).expect("room");
        }
    }
}
