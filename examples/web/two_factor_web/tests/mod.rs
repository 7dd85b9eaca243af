//! The service without a network: requests go into the router, time is what the tests say.

mod client;
mod factor;
mod forgery;
mod pages;
mod session;
mod storage;
mod world;
