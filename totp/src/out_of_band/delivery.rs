#[cfg(feature = "alloc")]
use alloc::boxed::Box;
use core::future::{Future, ready};

#[cfg(feature = "alloc")]
use crate::BoxFuture;
use crate::{Error, Message};

/// The message could not be sent, or it is not known whether it was. The transport itself knows why,
/// and should log it, without the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message could not be sent")]
pub struct Undelivered;

impl From<Undelivered> for Error {
    fn from(Undelivered: Undelivered) -> Self {
        Self::Undelivered
    }
}

/// Sends codes to people: the seam to an SMS gateway, a telephone, a push service. There is no
/// transport in this crate.
///
/// It is asked when the code's hash is stored. It must not try for longer than the code lives, and
/// neither log nor keep the text.
///
/// ```
/// use creance_totp::{Channel, Delivery, Message, Undelivered};
///
/// /// Reads codes out.
/// struct Telephone;
///
/// impl Delivery for Telephone {
///     fn deliver(&self, message: &Message<'_>) -> Result<(), Undelivered> {
///         if message.destination().channel() != Channel::Voice {
///             return Err(Undelivered);
///         }
///         let mut to_say = format!("{}. The code is: ", message.purpose());
///         message.code().write_spelled(&mut to_say).map_err(|_| Undelivered)?;
///         call(message.destination().expose(), &to_say)
///     }
/// }
/// # fn call(_number: &str, _to_say: &str) -> Result<(), Undelivered> { Ok(()) }
/// ```
pub trait Delivery {
    /// Sends a message.
    ///
    /// # Errors
    /// [`Undelivered`].
    fn deliver(&self, message: &Message<'_>) -> Result<(), Undelivered>;
}

impl<D: Delivery + ?Sized> Delivery for &D {
    fn deliver(&self, message: &Message<'_>) -> Result<(), Undelivered> {
        (**self).deliver(message)
    }
}

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
impl<D: Delivery + ?Sized> Delivery for alloc::sync::Arc<D> {
    fn deliver(&self, message: &Message<'_>) -> Result<(), Undelivered> {
        (**self).deliver(message)
    }
}

/// The asynchronous twin of [`Delivery`]. Every shareable [`Delivery`] is one too, and answers at
/// once.
pub trait AsyncDelivery {
    /// Sends a message.
    fn deliver_async(
        &self,
        message: &Message<'_>,
    ) -> impl Future<Output = Result<(), Undelivered>> + Send;
}

impl<D: Delivery + Sync + ?Sized> AsyncDelivery for D {
    fn deliver_async(
        &self,
        message: &Message<'_>,
    ) -> impl Future<Output = Result<(), Undelivered>> + Send {
        ready(self.deliver(message))
    }
}

/// The form of [`AsyncDelivery`] for trait objects: `Arc<dyn DynDelivery>`. The object is an
/// [`AsyncDelivery`] again.
#[cfg(feature = "alloc")]
pub trait DynDelivery: Send + Sync {
    /// Sends a message.
    fn deliver_boxed<'a>(
        &'a self,
        message: &'a Message<'_>,
    ) -> BoxFuture<'a, Result<(), Undelivered>>;
}

#[cfg(feature = "alloc")]
impl<D: AsyncDelivery + Send + Sync> DynDelivery for D {
    fn deliver_boxed<'a>(
        &'a self,
        message: &'a Message<'_>,
    ) -> BoxFuture<'a, Result<(), Undelivered>> {
        Box::pin(self.deliver_async(message))
    }
}

#[cfg(feature = "alloc")]
impl AsyncDelivery for dyn DynDelivery + '_ {
    async fn deliver_async(&self, message: &Message<'_>) -> Result<(), Undelivered> {
        self.deliver_boxed(message).await
    }
}

/// A delivery of the process as one whose futures are ready when they are made.
pub(super) struct LocalDelivery<'a, D: ?Sized>(pub(super) &'a D);

impl<D: Delivery + ?Sized> AsyncDelivery for LocalDelivery<'_, D> {
    fn deliver_async(
        &self,
        message: &Message<'_>,
    ) -> impl Future<Output = Result<(), Undelivered>> + Send {
        ready(self.0.deliver(message))
    }
}
