package storetest
var atomic, keyedByClaim, fenced, guardedDeletion, recoverable, sealed, bounded, linearizable, audited, feed, drift, rebinding, paging []promise
