package mail

import (
	"errors"
	netmail "net/mail"
	"strings"
)

// maxAddress is what fits between the angle brackets of an SMTP command.
const maxAddress = 254

// plainAddress takes exactly one address in its simplest form: no name, no quotes, no comment, no list, ASCII only. What
// passes cannot end a command or a header, or name a second recipient.
func plainAddress(text string) (string, error) {
	parsed, err := netmail.ParseAddress(text)
	if err != nil || parsed.Address != text || parsed.Name != "" || len(text) > maxAddress || strings.ContainsFunc(text, unplain) {
		return "", errors.New("the recipient is not one plain address")
	}
	return text, nil
}

func unplain(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`()<>[]:;,\"`, r) }

// parseFrom takes the operator's own address, with or without a name.
func parseFrom(text string) (*netmail.Address, error) {
	parsed, err := netmail.ParseAddress(text)
	if err == nil {
		_, err = plainAddress(parsed.Address)
	}
	if err != nil {
		return nil, errors.New("the address that mails come from is not one plain address, such as accounts@example.com")
	}
	return parsed, nil
}
