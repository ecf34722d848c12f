package store

import (
	"fmt"
	"log/slog"
)

const stars = "***"

// Secret is a value that must not be seen. Every way in which Go or our loggers print a value prints stars; only Reveal
// gives the bytes. The zero Secret is the empty value.
type Secret struct {
	// A function keeps the bytes out of the reach of printers that walk a struct by reflection: where they may not call
	// Format, as for a field that is not exported, fmt follows a pointer under some verbs (%s), and go-cmp under all.
	reveal func() []byte
	length int
}

// NewSecret keeps its own copy of value.
func NewSecret(value []byte) Secret {
	own := append([]byte(nil), value...)
	return SecretOf(len(own), func() []byte { return own })
}

// SecretOf is a value of so many bytes that is made when it is asked for, so that many need not be in memory at once.
func SecretOf(length int, reveal func() []byte) Secret { return Secret{reveal, length} }

// Reveal returns the bytes. Only what stores, seals or sends the value calls it.
func (s Secret) Reveal() []byte {
	if s.reveal == nil {
		return nil
	}
	return s.reveal()
}

// Len is the length in bytes.
func (s Secret) Len() int { return s.length }

// Equal compares the bytes. It need not run in constant time: both sides are ours, and nobody outside can ask.
func (s Secret) Equal(other Secret) bool { return string(s.Reveal()) == string(other.Reveal()) }

// Format serves every verb of fmt; a String method alone would leak under %d and %x.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(stars)) }

// MarshalJSON serves encoding/json and the loggers built on it.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + stars + `"`), nil }

// MarshalText serves encoders that ask for text, such as YAML and XML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(stars), nil }

// LogValue serves log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(stars) }

// MarshalLog serves logr, whose interface it satisfies without importing it.
func (s Secret) MarshalLog() any { return stars }
