package e2e_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"mime/quotedprintable"
	"net/url"
	"strings"
	"testing"
)

// traces are the forms in which the canary's core can show: as it is, which also
// is its form in JSON, in a URL and in a quoted string, and those that hide it.
var traces = func() map[string]string {
	all := map[string]string{
		"plain":   core,
		"hex":     hex.EncodeToString([]byte(core)),
		"HEX":     strings.ToUpper(hex.EncodeToString([]byte(core))),
		"decimal": strings.Trim(fmt.Sprintf("%d", []byte(core)), "[]"), // bytes printed by %v
	}
	// In base64 a text looks different at each of three offsets. The first and the last character also depend on what stands
	// beside it.
	for offset := range 3 {
		text := base64.RawStdEncoding.EncodeToString(append(make([]byte, offset), core...))
		all[fmt.Sprintf("base64 at %d", offset)] = text[(offset*8+5)/6 : len(text)-1]
	}
	return all
}()

// traced returns the form in which the text holds the canary, or nothing.
func traced(text string) string {
	for form, trace := range traces {
		if strings.Contains(text, trace) {
			return form
		}
	}
	return ""
}

// hasNoTrace fails the test if a secret value stands in the text.
func (s *scene) hasNoTrace(where, text string) {
	s.Helper()
	if form := traced(text); form != "" {
		at := strings.Index(text, traces[form])
		s.Errorf("a secret value (%s) is in %s: %.300q", form, where, text[max(0, at-100):])
	}
}

func TestCanary_PlantedLeak_IsFound(t *testing.T) {
	quoted := &strings.Builder{}
	writer := quotedprintable.NewWriter(quoted)
	if _, err := writer.Write([]byte(canary)); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	inJSON, err := json.Marshal(map[string]string{"a": canary})
	if err != nil {
		t.Fatal(err)
	}
	inBytes, err := json.Marshal(map[string][]byte{"a": []byte("x" + canary)})
	if err != nil {
		t.Fatal(err)
	}
	for form, leak := range map[string]string{
		"as it is":                   canary,
		"within a longer value":      "token=" + canary + "rotated",
		"as Go quotes it":            fmt.Sprintf("%q", canary),
		"in JSON":                    string(inJSON),
		"in JSON within JSON":        fmt.Sprintf("%q", inJSON),
		"in a URL's query":           url.QueryEscape(canary),
		"in a URL's path":            url.PathEscape(canary),
		"in a mail":                  quoted.String(),
		"as bytes in JSON":           string(inBytes),
		"base64":                     base64.StdEncoding.EncodeToString([]byte(canary)),
		"base64, one letter before":  base64.StdEncoding.EncodeToString([]byte("a" + canary)),
		"base64, two letters before": base64.URLEncoding.EncodeToString([]byte("ab" + canary)),
		"hex":                        hex.EncodeToString([]byte(canary)),
		"hex of Go":                  fmt.Sprintf("%X", canary),
		"bytes of Go":                fmt.Sprintf("%v", []byte(canary)),
		"bytea of PostgreSQL":        `(1,"\\x` + hex.EncodeToString([]byte(canary)) + `")`,
	} {
		if traced("before "+leak+" after") == "" {
			t.Errorf("not found %s: %s", form, leak)
		}
	}
	if form := traced(`{"level":"info","name":"c4n4ry","value":"***"}`); form != "" {
		t.Errorf("found %s where there is none", form)
	}
}
