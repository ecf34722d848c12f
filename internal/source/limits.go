package source

import (
	"bytes"
	"unicode/utf8"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/source/dotenv"
)

// Limits of one set.
const (
	MaxNames      = dotenv.MaxVariables
	MaxValueBytes = 64 << 10
	MaxTotalBytes = 1 << 20
	maxNameBytes  = 253 // what stores hold
)

// checkValue refuses what no environment can hold.
func checkValue(name string, ref Ref, value []byte) error {
	if bytes.IndexByte(value, 0) >= 0 || !utf8.Valid(value) {
		return problem(v1alpha1.ReasonSourceInvalid,
			"the value of %s from %s is binary, which no environment variable can hold; encode it, for example as base64", name, ref)
	}
	return checkLength(name, ref.String(), value)
}

func checkLength(name, where string, value []byte) error {
	if len(value) <= MaxValueBytes {
		return nil
	}
	return problem(v1alpha1.ReasonLimitExceeded,
		"the value of %s from %s has %d bytes, more than %d; shorten it", name, where, len(value), MaxValueBytes)
}

func checkLimits(values map[string]found) error {
	if err := checkCount(values); err != nil {
		return err
	}
	total := 0
	for name, f := range values {
		total += len(name) + len(f.value)
	}
	if total > MaxTotalBytes {
		return problem(v1alpha1.ReasonLimitExceeded,
			"names and values of the set have %d bytes in all, more than %d; split it", total, MaxTotalBytes)
	}
	return nil
}

// checkCount is asked after every source, so that no more is gathered once there are too many.
func checkCount(values map[string]found) error {
	if len(values) > MaxNames {
		return problem(v1alpha1.ReasonLimitExceeded, "the set has more than %d names; split it", MaxNames)
	}
	return nil
}

// shorten keeps a key that a user wrote to a length that fits into a message.
func shorten(s string) string {
	if len(s) <= 64 {
		return s
	}
	return s[:64] + "..."
}
