package dotenv

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkParse reads 1 MiB, once of many short variables and once of few long ones.
func BenchmarkParse(b *testing.B) {
	for name, c := range map[string]struct {
		line  string
		value string
	}{
		"short": {"export VARIABLE_%d=%s # why\n", "value"},
		"long":  {"VARIABLE_%d=\"%s\"\n", strings.Repeat(`a line of text with \"escapes\" and \\`+"\n", 1600)},
	} {
		b.Run(name, func(b *testing.B) {
			text := benchText(c.line, c.value)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func benchText(line, value string) []byte {
	var text []byte
	for i := 0; ; i++ {
		next := fmt.Appendf(nil, line, i, value)
		if len(text)+len(next) > MaxBytes {
			return text
		}
		text = append(text, next...)
	}
}
