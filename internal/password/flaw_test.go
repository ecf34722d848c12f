package password_test

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/account-operator/account-operator/internal/password"
)

const address = "alice.adams.the.third@example.com"

func TestFlaw_BadPassword_NamesWhatItLacks(t *testing.T) {
	for name, test := range map[string]struct{ password, says string }{
		"empty":                               {"", "Enter a password"},
		"11 characters":                       {"tall-violet", "at least 12"},
		"11 characters of three bytes":        {strings.Repeat("日本語", 3) + "山川", "at least 12"},
		"12 that are 11 once they are joined": {"tall-viole" + "u\u0308", "at least 12"},
		"257 bytes":                           {strings.Repeat("violet", 42) + "tiger", "at most 256 bytes"},
		"no text":                             {"tall-violet-\xff-tiger", "cannot be read"},
		"a common one":                        {"password1234", "first that would be tried"},
		"a common one in capitals":            {"PassWord1234", "first that would be tried"},
		"a common one with spaces around":     {" password1234 ", "first that would be tried"},
		"four characters, over and over":      {"xyzwxyzwxyzwxyzw", "first that would be tried"},
		"the account's address":               {address, "your address"},
		"the address in capitals":             {strings.ToUpper(address), "your address"},
		"the address before the @":            {"alice.adams.the.third", "your address"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := password.Flaw(test.password, address); !strings.Contains(got, test.says) {
				t.Errorf("got %q, wanted %q", got, test.says)
			}
		})
	}
}

func TestFlaw_AnyComposition_IsTaken(t *testing.T) {
	for name, taken := range map[string]string{
		"12 lower-case letters":          "violettigers",
		"words with spaces":              "violet tigers dance",
		"12 characters of any kind":      strings.Repeat("山川日本語犬", 2),
		"256 bytes":                      strings.Repeat("violet", 42) + "cats",
		"five characters, over and over": "xyzwvxyzwvxyzwv",
		"the address within":             address + " dances",
	} {
		t.Run(name, func(t *testing.T) {
			if got := password.Flaw(taken, address); got != "" {
				t.Errorf("refused: %s", got)
			}
		})
	}
}

// Nothing stands in the list for nothing: each is what no other rule would refuse.
func TestFlaw_List_HasOnlyWhatNoOtherRuleRefuses(t *testing.T) {
	text, err := os.ReadFile("common.txt")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		word := strings.TrimSuffix(line, "\n")
		if seen[word] || word != strings.ToLower(word) || utf8.RuneCountInString(word) < password.MinCharacters {
			t.Errorf("%q is there twice, in capitals or too short", word)
		}
		seen[word] = true
		if password.Flaw(word, "") == "" || password.Flaw(word+" but longer", "") != "" {
			t.Errorf("%q is not refused by the list", word)
		}
	}
}
