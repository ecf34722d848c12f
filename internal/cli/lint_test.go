package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/account-operator/account-operator/internal/cli"
)

// lint runs where no cluster is.
func lint(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "none"))
	var out, reported bytes.Buffer
	cmd := cli.Command("test", genericiooptions.IOStreams{In: strings.NewReader(stdin), Out: &out, ErrOut: &reported})
	cmd.SetArgs(append([]string{"env", "lint"}, args...))
	err := cmd.ExecuteContext(context.Background())
	if err != nil {
		reported.WriteString(err.Error())
	}
	return result{out.String(), reported.String(), cli.ExitCode(err)}
}

func TestLint_WrongLine_NamesItsPlaceAndNoContent(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"good":             {"A=1\nexport B=\"two\nlines\"\n# c\n", "-: 2 variables\n"},
		"an open quote":    {"A=1\nB=\"" + canary + "\n", "-:2:3: the quote that opens here is never closed\n"},
		"a name twice":     {"A=1\n\nA=" + canary + "\n", "-:3:1: this name is given in line 1 already\n"},
		"no equals sign":   {canary + "\n", "-:1:"},
		"binary":           {"A=" + canary + "\x00", "a NUL character"},
		"a value too long": {"A=" + strings.Repeat(canary, 5000), "the value of A from - has 100000 bytes, more than 65536; shorten it\n"},
		"a name too long":  {strings.Repeat("N", 300) + "=" + canary, "-: the name in line 1 has more than 253 characters\n"},
		"too much in all":  {strings.Repeat("#"+canary+"\n", 60000), "goes on here beyond 1 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			r := lint(t, c.text, "-")
			if !strings.Contains(r.out, c.want) {
				t.Errorf("%q, wanted %q", r.out, c.want)
			}
			if wrong := name != "good"; wrong != (r.code == cli.ExitNo) {
				t.Errorf("it ended with %d", r.code)
			}
			if strings.Contains(r.out+r.reported, canary) {
				t.Errorf("it told a value: %s%s", r.out, r.reported)
			}
		})
	}
}

func TestLint_ManyFiles_CountsTheWrongOnes(t *testing.T) {
	folder := t.TempDir()
	good, bad := filepath.Join(folder, "good.env"), filepath.Join(folder, "bad.env")
	for file, text := range map[string]string{good: "A=1\n", bad: "A\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := lint(t, "", good, bad)
	if want := good + ": 1 variable\n" + bad + ":1:2: a name is followed by an equals sign, which is missing here\n"; r.out != want {
		t.Errorf("%q, wanted %q", r.out, want)
	}
	if r.code != cli.ExitNo || r.reported != "1 of 2 files cannot be used" {
		t.Errorf("code %d, %q", r.code, r.reported)
	}
	if r := lint(t, "", "-o", "json", bad); !strings.Contains(r.out, `"line": 1`) || !strings.Contains(r.out, `"column": 2`) {
		t.Errorf("as JSON: %s", r.out)
	}
	if r := lint(t, "", filepath.Join(folder, "none.env")); r.code != cli.ExitFailed || !strings.Contains(r.reported, "no such file") {
		t.Errorf("code %d, %q", r.code, r.reported)
	}
}
