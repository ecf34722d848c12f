package password

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The bounds of a password. Length counts for far more than kinds of characters, so nothing is asked of those.
const (
	MinCharacters = 12
	MaxBytes      = 256
	minDifferent  = 5
)

//go:embed common.txt
var commonText string

// common holds what is tried first. All are in lower case, and long enough that no other rule refuses them.
var common = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for line := range strings.Lines(commonText) {
		set[strings.TrimSpace(line)] = true
	}
	return set
})

// Flaw is a sentence for the account holder about why the password cannot be taken, or "". address is the account's own.
func Flaw(password, address string) string {
	written := normal(password)
	folded := strings.ToLower(strings.TrimSpace(written))
	switch {
	case written == "":
		return "Enter a password."
	case !utf8.ValidString(written):
		return "The password holds characters that cannot be read. Type another one."
	case utf8.RuneCountInString(written) < MinCharacters:
		return fmt.Sprintf("Use at least %d characters. Several words in a row are easy to remember.", MinCharacters)
	case len(written) > MaxBytes:
		return fmt.Sprintf("The password is too long. Use at most %d bytes; most characters are one byte.", MaxBytes)
	case isAddress(folded, strings.ToLower(address)):
		return "This is your address. Choose something that others do not know of you."
	case common()[folded], different(folded) < minDifferent:
		return "This password is one of the first that would be tried. Choose another one."
	}
	return ""
}

func isAddress(folded, address string) bool {
	local, _, _ := strings.Cut(address, "@")
	return folded == address || folded == local
}

func different(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// normal makes the same of what looks the same: keyboards and systems differ in how they compose a letter like ü.
func normal(password string) string { return norm.NFC.String(password) }
