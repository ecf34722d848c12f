package drift

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
)

// layout is part of every fingerprint; raise it when sync writes something else for the same input, so that the first
// start of the new manager applies everything again.
const layout = 1

// Fingerprint is a short text that is equal only if all of the parts are. It goes to the store as the record of what was
// applied; parts hold versions of Secrets, never their content.
func Fingerprint(parts ...any) (string, error) {
	text, err := json.Marshal(slices.Concat([]any{layout}, parts))
	if err != nil {
		return "", fmt.Errorf("make a fingerprint: %w", err)
	}
	sum := sha256.Sum256(text)
	return base64.RawStdEncoding.EncodeToString(sum[:24]), nil
}

// MarkSize is how much of a fingerprint keeps two values of one leaf apart.
const MarkSize = 16

// OrNil makes an empty list one that is left out. The API server fills empty lists in, and what it fills in is not to change a
// record.
func OrNil[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}
