//! Futures as promises, one turn of the event loop for each step.
//!
//! `wasm-bindgen-futures` polls in microtasks, which run before the browser paints or handles input. The library yields
//! between pieces of long work, so each of its steps is a task of its own here, and the page stays responsive.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use web_sys::MessageChannel;

use crate::object::get;

type Work = Pin<Box<dyn Future<Output = ()>>>;

thread_local! {
    static EXECUTOR: Executor = Executor::new();
}

/// The futures under way, and the numbers of those to poll.
struct Executor {
    works: RefCell<BTreeMap<u64, Work>>,
    ready: RefCell<VecDeque<u64>>,
    number: Cell<u64>,
    turns: Turns,
}

/// How a task of the event loop is requested. Timers would be delayed by at least 4 ms.
enum Turns {
    /// `setImmediate`, where there is one, as in Node: a message port would keep the process from ending.
    Immediate { request: Function, step: JsValue },
    /// A message of the page to itself.
    Message(MessageChannel),
    /// Only microtasks.
    None,
}

impl Turns {
    fn new() -> Self {
        let step = Closure::<dyn FnMut()>::new(|| EXECUTOR.with(Executor::step)).into_js_value();
        if let Ok(request) = get(&js_sys::global(), "setImmediate").dyn_into() {
            return Turns::Immediate { request, step };
        }
        match MessageChannel::new() {
            Ok(channel) => {
                channel.port1().set_onmessage(Some(step.unchecked_ref()));
                Turns::Message(channel)
            }
            Err(_) => Turns::None,
        }
    }

    /// Requests a call of [`Executor::step`].
    fn request(&self) {
        let requested = match self {
            Turns::Immediate { request, step } => request.call1(&JsValue::UNDEFINED, step).is_ok(),
            Turns::Message(channel) => channel.port2().post_message(&JsValue::NULL).is_ok(),
            Turns::None => false,
        };
        if !requested {
            wasm_bindgen_futures::spawn_local(async { EXECUTOR.with(Executor::step) });
        }
    }
}

/// Wakes the future of this number.
struct Number(u64);

impl Wake for Number {
    fn wake(self: Arc<Self>) {
        EXECUTOR.with(|executor| executor.schedule(self.0));
    }
}

impl Executor {
    fn new() -> Self {
        Self {
            works: RefCell::default(),
            ready: RefCell::default(),
            number: Cell::new(0),
            turns: Turns::new(),
        }
    }

    fn spawn(&self, work: Work) {
        let number = self.number.replace(self.number.get() + 1);
        self.works.borrow_mut().insert(number, work);
        self.schedule(number);
    }

    fn schedule(&self, number: u64) {
        self.ready.borrow_mut().push_back(number);
        self.turns.request();
    }

    /// Polls one future.
    fn step(&self) {
        let Some(number) = self.ready.borrow_mut().pop_front() else {
            return;
        };
        // It is not in the map while it runs, because it may spawn or wake others.
        let Some(mut work) = self.works.borrow_mut().remove(&number) else {
            return;
        };
        let waker = Waker::from(Arc::new(Number(number)));
        let polled = work.as_mut().poll(&mut Context::from_waker(&waker));
        if polled.is_pending() {
            self.works.borrow_mut().insert(number, work);
        }
    }
}

/// Runs `future`, and returns the promise of its result.
pub fn promise(future: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    let mut future = Some(future);
    Promise::new(&mut |resolve: Function, reject: Function| {
        let Some(future) = future.take() else {
            return;
        };
        let work = async move {
            // A function that settles a promise throws nothing.
            let _ = match future.await {
                Ok(value) => resolve.call1(&JsValue::UNDEFINED, &value),
                Err(error) => reject.call1(&JsValue::UNDEFINED, &error),
            };
        };
        EXECUTOR.with(|executor| executor.spawn(Box::pin(work)));
    })
}

/// Waits for the next task of the event loop.
pub async fn turn() {
    let mut is_next = false;
    std::future::poll_fn(|context| match is_next {
        true => Poll::Ready(()),
        false => {
            is_next = true;
            context.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}
