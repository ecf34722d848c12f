// Package accounts reads what accounts hold: their environment variables and cloud connections, as account-operator keeps them.
//
// [Client] reads by the reader API, over HTTP, with a credential. Package db, below this one, opens the store's database, with the keyset, and
// brings the drivers for it.
//
// Values are [Secret]s, which every way of printing shows as stars.
package accounts
