package store

import "strconv"

// ParseAccountID is the number of an account of which this is the ID, as status.accountID has it. An ID is written in one way: not ok is
// what has a sign or leading zeros, and what is no number above 0.
func ParseAccountID(id string) (number int64, ok bool) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n <= 0 || strconv.FormatInt(n, 10) != id {
		return 0, false
	}
	return n, true
}
