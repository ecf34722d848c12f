// Package accounts reads what accounts hold: their environment variables and cloud connections, as account-operator keeps them.
//
// [Open] reads the store's database, with the keyset. It writes nothing, and on PostgreSQL the role account_operator_reader has all the
// rights that it needs.
//
// [Client] reads by the reader API, over HTTP: it needs neither, but a credential.
//
// Values are [Secret]s, which every way of printing shows as stars.
package accounts
