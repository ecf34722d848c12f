package sqlstore

import (
	"cmp"
	"fmt"
	"unicode/utf8"

	"github.com/account-operator/account-operator/internal/store"
)

// What one account can hold. They bound a transaction, and what a plan is shown.
const (
	maxEmail     = 254
	maxEnvVars   = 4096
	maxValueSize = 64 << 10
	maxAllValues = 16 << 20
	maxNameSize  = 253
	maxLeafSize  = 4096
	maxRecord    = 64
	maxLeaves    = 64 << 10
	maxPage      = 1000
)

func page(limit int) int {
	if limit <= 0 || limit > maxPage {
		return maxPage
	}
	return limit
}

// checkWrite holds callers to what keeps one claim's row apart from another's.
func checkWrite(mark *store.Mark, claims ...store.Claim) error {
	for _, c := range claims {
		if c.Cluster == "" || c.UID == "" {
			return &store.InvalidError{Field: "claim", Reason: "must name a cluster and a UID"}
		}
	}
	if mark == nil {
		return nil
	}
	if len(mark.Record) > maxRecord {
		return &store.InvalidError{Field: "record", Reason: fmt.Sprintf("is longer than %d bytes", maxRecord)}
	}
	if text := leavesText(mark.Leaves); text != nil && len(*text) > maxLeaves {
		return &store.InvalidError{Field: "leaves", Reason: fmt.Sprintf("are longer than %d bytes as JSON", maxLeaves)}
	}
	return nil
}

func checkAccount(want store.AccountSpec) error {
	if err := checkEmail(want.Email); err != nil {
		return err
	}
	if p := policy(want); p != "Required" && p != "Optional" {
		return &store.InvalidError{Field: "twoFactor", Reason: "must be Required or Optional"}
	}
	if c := want.EmailChange; c != "" && c != store.EmailByPlatform && c != store.EmailByHolder {
		return &store.InvalidError{Field: "emailChange", Reason: "must be Platform or Holder"}
	}
	return cmp.Or(checkSettings(want.Settings, want.Events), checkText("referredBy", want.ReferredBy, maxLeafSize))
}

func checkEmail(email string) error {
	if email == "" || len(email) > maxEmail {
		return &store.InvalidError{Field: "email", Reason: "must have 1 to 254 bytes"}
	}
	return checkText("email", email, maxEmail)
}

// checkSettings is of what a platform team and an account holder share.
func checkSettings(want store.Settings[*string], events map[string]string) error {
	if err := checkLeaves(want); err != nil {
		return err
	}
	if t := want.Theme; t != nil && *t != "Dark" && *t != "Light" && *t != "System" {
		return &store.InvalidError{Field: "theme", Reason: "must be Dark, Light or System"}
	}
	if n := want.Newsletter; n != nil && *n != "Subscribed" && *n != "Unsubscribed" {
		return &store.InvalidError{Field: "newsletter", Reason: "must be Subscribed or Unsubscribed"}
	}
	return checkEvents(events)
}

func policy(want store.AccountSpec) string { return cmp.Or(want.TwoFactor, "Optional") }

func checkLeaves(want store.Settings[*string]) error {
	for _, leaf := range want.Leaves() {
		if text := *leaf.Value; text != nil {
			if err := checkText(leaf.Column, *text, maxLeafSize); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkHash(hash store.Secret) error {
	if hash.Len() == 0 || hash.Len() > maxLeafSize {
		return &store.InvalidError{Field: "password", Reason: "its hash is empty or too long"}
	}
	return nil
}

// checkText refuses what PostgreSQL cannot hold; SQLite could, but the promises are the same for both.
func checkText(field, text string, limit int) error {
	if len(text) > limit {
		return &store.InvalidError{Field: field, Reason: fmt.Sprintf("is longer than %d bytes", limit)}
	}
	if !utf8.ValidString(text) {
		return &store.InvalidError{Field: field, Reason: "is not valid UTF-8"}
	}
	for _, r := range text {
		if r == 0 {
			return &store.InvalidError{Field: field, Reason: "holds a NUL character"}
		}
	}
	return nil
}
