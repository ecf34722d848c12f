package words_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/account-operator/account-operator/test/words"
)

const code = `package p

import "fmt"

type verdict struct{ reason, message string }

func judge(name string) verdict {
	if name == "" {
		return verdict{reason: "Missing", message: "there is no name"}
	}
	return verdict{message: "the name " + name + " is taken"}
}

func refuse(name string) error { return problem(1, "%q is too long; cut it", name) }

func told(n int) string { return fmt.Sprintf("%d things are left", n) }
`

func TestMessages_OneThatNothingSaid_IsNamedWithItsPlace(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("p.go", code)
	write("p_test.go", "package p\n\nvar wanted = `is too long`\n")
	all, err := words.Of(folder, words.Place{Literal: "verdict", Field: "message"}, words.Place{Call: "problem", At: 1}, words.Place{Returns: "told"})
	if err != nil {
		t.Fatal(err)
	}

	got := words.Unsaid(all, []string{"the name alice is taken", `"x" is too long; cut it`})
	if want := []string{"p.go:9: there is no name", "p.go:16: %d things are left"}; !slices.Equal(got, want) {
		t.Errorf("unsaid are %q, want %q", got, want)
	}

	got, err = words.Unexpected(all, folder)
	if want := []string{"p.go:9: there is no name", "p.go:11: the name ... is taken", "p.go:16: %d things are left"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("unexpected are %q (%v), want %q", got, err, want)
	}

	if _, err := words.Of(folder, words.Place{Call: "absent"}); err == nil {
		t.Error("a place that the code has not passes")
	}
}
