//! What the tests share: a redis-server of their own, a recorder of metrics.
