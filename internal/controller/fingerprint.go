package controller

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/account-operator/account-operator/internal/source"
)

// layout is part of every fingerprint; raise it when sync writes something else for the same input, so that the first
// start of the new manager applies everything anew.
const layout = 1

// fingerprint is a short text that is equal only if all of the parts are. It goes to the store as the record of what was
// applied; parts hold versions of Secrets, never their content.
func fingerprint(parts ...any) (string, error) {
	text, err := json.Marshal(slices.Concat([]any{layout}, parts))
	if err != nil {
		return "", fmt.Errorf("make a fingerprint: %w", err)
	}
	sum := sha256.Sum256(text)
	return base64.RawStdEncoding.EncodeToString(sum[:24]), nil
}

// orNil makes an empty list one that is left out. The API server fills empty lists in, and what it fills in is not to change a
// record.
func orNil[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

// sourcePart is what a source adds to a fingerprint.
type sourcePart struct {
	Ref, UID, Version string
	// Consent is part of it, so that a manager that begins to ask for consent looks at every Secret once.
	Consent bool
}

func (w *world) sourceParts(refs []source.Ref, objects map[source.Ref]source.Object) []sourcePart {
	parts := make([]sourcePart, 0, len(refs))
	for _, ref := range refs {
		o := objects[ref]
		parts = append(parts, sourcePart{ref.String(), string(o.UID), o.ResourceVersion, w.sources.RequireConsent})
	}
	return parts
}
