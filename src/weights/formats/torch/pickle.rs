//! Pickles: programs for a machine with a stack, which build the objects (protocols 2 to 5 of Python's `pickletools`).

use std::collections::HashMap;
use std::io::Read;
use std::rc::Rc;

use super::input::{Input, text};
use super::value::{Id, Value, Values, expected};
use super::{Refusal, calls, damaged, storage};

/// The most objects on the stack: a long tuple is there before it is made.
const MAX_STACK: usize = 1 << 22;

/// The most lists of items inside each other. Python itself cannot write more than some 1,000.
const MAX_MARKS: usize = 1 << 12;

/// The most objects that are remembered.
const MAX_MEMO: usize = 1 << 21;

/// Reads one pickle: its objects, and the one that it describes.
pub(super) fn read(input: &mut Input<impl Read>) -> Result<(Values, Id), Refusal> {
    let mut machine = Machine {
        values: Values::new(),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: HashMap::new(),
    };
    loop {
        let position = input.position();
        match input.byte()? {
            b'.' => {
                return Ok((machine.pop()?, machine.values)).map(|(root, values)| (values, root));
            }
            opcode => machine.step(opcode, position, input)?,
        }
    }
}

struct Machine {
    values: Values,
    stack: Vec<Id>,
    /// Lengths of the stack where lists of items begin.
    marks: Vec<usize>,
    memo: HashMap<u64, Id>,
}

impl Machine {
    fn step(
        &mut self,
        opcode: u8,
        position: u64,
        input: &mut Input<impl Read>,
    ) -> Result<(), Refusal> {
        match opcode {
            // PROTO, FRAME
            0x80 => match input.byte()? {
                2..=5 => Ok(()),
                found => Err(damaged(format!(
                    "expected a pickle of protocol 2 to 5, found {found}"
                ))),
            },
            0x95 => input.skip(8),

            // POP, POP_MARK, DUP, MARK
            b'0' => self.pop().map(drop),
            b'1' => self.marked().map(drop),
            b'2' => self.top().and_then(|top| self.push_id(top)),
            b'(' => self.mark(),

            // BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET
            b'q' => input.byte().and_then(|index| self.remember(index.into())),
            b'r' => number(input).and_then(|index| self.remember(index.into())),
            0x94 => self.remember(self.memo.len() as u64),
            b'h' => input.byte().and_then(|index| self.recall(index.into())),
            b'j' => number(input).and_then(|index| self.recall(index.into())),

            // NONE, NEWTRUE, NEWFALSE
            b'N' => self.push_other(),
            0x88 => self.push(Value::Flag(true)),
            0x89 => self.push(Value::Flag(false)),

            // BININT1, BININT2, BININT, LONG1, LONG4, BINFLOAT
            b'K' => input
                .byte()
                .and_then(|number| self.push_whole(number.into())),
            b'M' => {
                let number = u16::from_le_bytes(input.array()?);
                self.push_whole(number.into())
            }
            b'J' => {
                let number = i32::from_le_bytes(input.array()?);
                self.push_whole(number.into())
            }
            0x8a => {
                let count = input.byte()?;
                self.push_long(count.into(), input)
            }
            0x8b => number(input).and_then(|count| self.push_long(count.into(), input)),
            b'G' => input.skip(8).and_then(|()| self.push_other()),

            // SHORT_BINUNICODE, BINUNICODE, BINUNICODE8, SHORT_BINSTRING, BINSTRING
            0x8c | b'U' => {
                let count = input.byte()?;
                self.push_text(count.into(), input)
            }
            b'X' | b'T' => number(input).and_then(|count| self.push_text(count.into(), input)),
            0x8d => long_number(input).and_then(|count| self.push_text(count, input)),

            // SHORT_BINBYTES, BINBYTES, BINBYTES8, BYTEARRAY8
            b'C' => {
                let count = input.byte()?;
                input.skip(count.into())?;
                self.push_other()
            }
            b'B' => {
                let count = number(input)?;
                input.skip(count.into())?;
                self.push_other()
            }
            0x8e | 0x96 => {
                let count = long_number(input)?;
                input.skip(count)?;
                self.push_other()
            }

            // EMPTY_TUPLE, TUPLE1, TUPLE2, TUPLE3, TUPLE
            b')' => self.push_tuple(0),
            0x85..=0x87 => self.push_tuple(usize::from(opcode - 0x84)),
            b't' => {
                let items = self.marked()?;
                self.push(Value::Tuple(items))
            }

            // EMPTY_LIST, APPEND, APPENDS
            b']' => self.push(Value::List(Vec::new())),
            b'a' => {
                let item = self.pop()?;
                self.append(vec![item])
            }
            b'e' => self.marked().and_then(|items| self.append(items)),

            // EMPTY_DICT, SETITEM, SETITEMS
            b'}' => self.push(Value::Dictionary(Vec::new())),
            b's' => {
                let value = self.pop()?;
                let key = self.pop()?;
                self.insert(&[key, value])
            }
            b'u' => self.marked().and_then(|items| self.insert(&items)),

            // EMPTY_SET, ADDITEMS, FROZENSET
            0x8f => self.push_other(),
            0x90 => self.marked().map(drop),
            0x91 => self.marked().and_then(|_| self.push_other()),

            // GLOBAL, STACK_GLOBAL
            b'c' => {
                let (module, name) = (input.line()?, input.line()?);
                self.push_name(&module, &name)
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let [module, name] = [module, name].map(|id| self.values.text(id).map(Rc::clone));
                self.push_name(&module?, &name?)
            }

            // REDUCE, NEWOBJ, NEWOBJ_EX, BUILD
            b'R' | 0x81 => {
                let arguments = self.pop()?;
                self.call(arguments)
            }
            0x92 => {
                let (_named, arguments) = (self.pop()?, self.pop()?);
                self.call(arguments)
            }
            b'b' => self.pop().and_then(|state| self.build(state)),

            // BINPERSID
            b'Q' => {
                let id = self.pop()?;
                let value = storage::persistent(&self.values, id)?;
                self.push(value)
            }

            _ => Err(damaged(format!(
                "expected an opcode of a pickle at byte {position}, found {opcode:#04x}"
            ))),
        }
    }

    fn push(&mut self, value: Value) -> Result<(), Refusal> {
        let id = self.values.add(value)?;
        self.push_id(id)
    }

    fn push_id(&mut self, id: Id) -> Result<(), Refusal> {
        self.stack.push(id);
        within(self.stack.len(), MAX_STACK, "objects on its stack")
    }

    fn mark(&mut self) -> Result<(), Refusal> {
        self.marks.push(self.stack.len());
        within(self.marks.len(), MAX_MARKS, "lists inside each other")
    }

    fn push_other(&mut self) -> Result<(), Refusal> {
        self.push_id(Values::OTHER)
    }

    fn push_name(&mut self, module: &str, name: &str) -> Result<(), Refusal> {
        let id = self.values.add_name(module, name)?;
        self.push_id(id)
    }

    fn push_whole(&mut self, number: i64) -> Result<(), Refusal> {
        self.push(Value::Whole(number))
    }

    /// Pushes a number of `count` bytes in two's complement. Only those up to 8 bytes are kept.
    fn push_long(&mut self, count: u64, input: &mut Input<impl Read>) -> Result<(), Refusal> {
        let bytes = input.bytes(count)?;
        let Some(&last) = bytes.last() else {
            return self.push_whole(0);
        };
        let mut number = [if last < 0x80 { 0 } else { 0xff }; 8];
        match number.get_mut(..bytes.len()) {
            Some(low) => {
                low.copy_from_slice(&bytes);
                self.push_whole(i64::from_le_bytes(number))
            }
            None => self.push_other(),
        }
    }

    fn push_text(&mut self, count: u64, input: &mut Input<impl Read>) -> Result<(), Refusal> {
        let text = match input.bytes(count).map(text)? {
            Ok(text) => text,
            // Python 2 wrote bytes as strings, too. No tensor depends on those.
            Err(_) => return self.push_other(),
        };
        self.push(Value::Text(text.into()))
    }

    fn push_tuple(&mut self, count: usize) -> Result<(), Refusal> {
        let begin = self.stack.len().checked_sub(count);
        let begin = begin.filter(|&begin| begin >= self.floor());
        let items = self.stack.split_off(begin.ok_or_else(underflow)?);
        self.push(Value::Tuple(items))
    }

    /// Returns the length of the stack that only the end of a list of items may go below.
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    fn pop(&mut self) -> Result<Id, Refusal> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    fn top(&self) -> Result<Id, Refusal> {
        let items = &self.stack[self.floor()..];
        items.last().copied().ok_or_else(underflow)
    }

    /// Removes the items from the last mark on.
    fn marked(&mut self) -> Result<Vec<Id>, Refusal> {
        let mark = self.marks.pop().ok_or_else(underflow)?;
        Ok(self.stack.split_off(mark))
    }

    fn remember(&mut self, index: u64) -> Result<(), Refusal> {
        let top = self.top()?;
        self.memo.insert(index, top);
        within(self.memo.len(), MAX_MEMO, "remembered objects")
    }

    fn recall(&mut self, index: u64) -> Result<(), Refusal> {
        let Some(&id) = self.memo.get(&index) else {
            return Err(damaged(format!(
                "its pickle refers to the object {index}, which does not exist"
            )));
        };
        self.push_id(id)
    }

    /// Adds items to the list on top of the stack.
    fn append(&mut self, items: Vec<Id>) -> Result<(), Refusal> {
        let top = self.top()?;
        match self.values.get_mut(top) {
            Value::List(list) => list.extend(items),
            Value::Object(..) | Value::Other => {}
            other => return Err(expected("a list", other)),
        }
        Ok(())
    }

    /// Adds keys, each followed by its value, to the dictionary on top of the stack.
    fn insert(&mut self, items: &[Id]) -> Result<(), Refusal> {
        let top = self.top()?;
        let (pairs, rest) = items.as_chunks();
        match self.values.get_mut(top) {
            _ if !rest.is_empty() => return Err(damaged("a key of a dictionary has no value")),
            Value::Dictionary(dictionary) => {
                dictionary.extend(pairs.iter().map(|&[key, value]| (key, value)));
            }
            Value::Object(..) | Value::Other => {}
            other => return Err(expected("a dictionary", other)),
        }
        Ok(())
    }

    /// Gives the object on top of the stack its state. Dictionaries have one, too: that of a state dict is the versions of
    /// modules.
    fn build(&mut self, state: Id) -> Result<(), Refusal> {
        let top = self.top()?;
        if let Value::Object(_, own) = self.values.get_mut(top) {
            *own = Some(state);
        }
        Ok(())
    }

    fn call(&mut self, arguments: Id) -> Result<(), Refusal> {
        let function = self.pop()?;
        let result = calls::call(&mut self.values, function, arguments)?;
        self.push_id(result)
    }
}

/// Reads a number of 4 bytes.
fn number(input: &mut Input<impl Read>) -> Result<u32, Refusal> {
    input.array().map(u32::from_le_bytes)
}

/// Reads a number of 8 bytes.
fn long_number(input: &mut Input<impl Read>) -> Result<u64, Refusal> {
    input.array().map(u64::from_le_bytes)
}

fn within(count: usize, most: usize, what: &str) -> Result<(), Refusal> {
    match count <= most {
        true => Ok(()),
        false => Err(damaged(format!(
            "expected at most {most} {what}, found more"
        ))),
    }
}

fn underflow() -> Refusal {
    damaged("its pickle takes an object from an empty stack")
}
