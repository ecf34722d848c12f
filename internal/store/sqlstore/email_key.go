package sqlstore

import "strings"

// addressKey is the content of email_key. Both databases lower ASCII letters only.
func addressKey(email string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, email)
}
