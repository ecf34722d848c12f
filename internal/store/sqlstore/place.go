package sqlstore

import "strconv"

// place is what a value is bound to: it opens in this row at this version only. The quotes keep two places from reading alike. It is
// made for every value that is read, and what was sealed before opens only where it is the same to the byte.
func place(account int64, table, name string, version int64) []byte {
	at := append(make([]byte, 0, 64+len(table)+len(name)), "account-operator/"...)
	at = append(strconv.AppendInt(at, account, 10), '/')
	at = append(append(at, table...), '/')
	at = append(strconv.AppendQuote(at, name), '/')
	return strconv.AppendInt(at, version, 10)
}
