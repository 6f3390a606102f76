//! Writing through: the new value in place of the old one.
//!
//! First the old value goes, in every version; then the new one is filled like any other, under a lease. So a write that is
//! overtaken by an invalidation, in this process or another, or that the network delivers late, stores nothing.

use std::time::Duration;

use super::{Cache, Removal};
use crate::error::{CacheError, Operation};
use crate::key::KeyText;
use crate::store::{Registration, Store, StoreResult};
use crate::telemetry::{self, FillEnd};
use crate::wire::Draft;
#[cfg(feature = "redis")]
use crate::wire::Payload;

/// What one update stores; its other versions are removed.
pub(crate) struct Replacement {
    pub removal: Removal,
    #[cfg_attr(not(feature = "redis"), allow(dead_code, reason = "told to a server"))]
    pub registration: Registration,
    pub key: KeyText,
    pub draft: Draft,
    /// How long it lies in the store.
    pub ttl: Duration,
}

impl Cache {
    /// Removes the entries and stores the new values. Where that fails, the entries are removed later, like an invalidation
    /// that failed.
    pub(crate) async fn replace(&self, replacements: &[Replacement]) -> Result<(), CacheError> {
        if replacements.is_empty() {
            return Ok(());
        }
        let removals: Vec<Removal> = replacements.iter().map(|replacement| replacement.removal.clone()).collect();
        self.void(&removals);
        let operation = if replacements.len() == 1 { Operation::Put } else { Operation::PutMany };
        let done = self
            .ask(operation, &mut self.budget(), async {
                self.remove_in_store(&removals, super::Then::default()).await?;
                self.store_all(replacements).await
            })
            .await;
        if done.is_err() {
            self.0.recovery.keep(self, &removals, None);
        }
        self.void(&removals);
        for (nth, Replacement { removal, .. }) in replacements.iter().enumerate() {
            let end = match &done {
                Ok(stored) if stored[nth] => FillEnd::Stored,
                Ok(_) => FillEnd::Voided,
                Err(_) => FillEnd::Failed,
            };
            telemetry::fill(&self.0.name, removal.resource, end);
            if end == FillEnd::Stored {
                self.0.counts.fills.add();
            }
            self.count_invalidation(removal.resource, done.is_ok());
        }
        done.map(|_| ())
    }

    /// Says of each whether it was stored.
    async fn store_all(&self, replacements: &[Replacement]) -> StoreResult<Vec<bool>> {
        let compress_above = self.0.settings.compress_above;
        match &self.0.store {
            Store::Memory(store) => {
                let since = store.cells.clock();
                let set = |one: &Replacement| store.set(&one.key, &one.draft.since(since, compress_above), one.ttl);
                Ok(replacements.iter().map(set).collect())
            }
            #[cfg(feature = "redis")]
            Store::Redis(store) => {
                use crate::store::{Ask, Claim, Fill};

                let leases: Vec<Payload> = replacements.iter().map(|_| crate::wire::new_lease()).collect();
                let asks: Vec<Ask> = replacements
                    .iter()
                    .zip(&leases)
                    .map(|(replacement, lease)| Ask {
                        key: replacement.key.clone(),
                        lease: Payload::clone(lease),
                        ttl: self.0.settings.lease_ttl,
                        replaces: None,
                        registration: Some(replacement.registration.clone()),
                    })
                    .collect();
                let (claims, since) = tokio::try_join!(store.claim_many(&asks), store.clock())?;
                let bytes: Vec<Payload> =
                    replacements.iter().map(|one| one.draft.since(since, compress_above)).collect();
                let fills: Vec<_> = replacements
                    .iter()
                    .zip(leases.iter().zip(&bytes))
                    .zip(&claims)
                    // Somebody else loads since the removal, and so loads what was just written; or nothing may be filled.
                    .filter(|(_, claim)| matches!(claim, Claim::Granted))
                    .map(|((replacement, (lease, bytes)), _)| Fill {
                        key: replacement.key.clone(),
                        expected: Payload::clone(lease),
                        bytes: Payload::clone(bytes),
                        ttl: replacement.ttl,
                        registration: Some(replacement.registration.clone()),
                    })
                    .collect();
                let mut filled = store.fill_many(&fills).await?.into_iter();
                let granted = claims.iter().map(|claim| matches!(claim, Claim::Granted));
                Ok(granted.map(|granted| granted && filled.next().unwrap_or(false)).collect())
            }
        }
    }
}
