package seal_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/account-operator/account-operator/internal/seal"
)

// vectors are what was sealed once, and has to open for ever.
type vectors struct {
	Keyset, SymmetricKeyset, PublicKeyset json.RawMessage
	Values                                []vector
}

type vector struct {
	What           string
	AssociatedData string
	Plaintext      string
	Sealed         []byte
}

func readVectors(t testing.TB) (v vectors) {
	t.Helper()
	content, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &v); err != nil || len(v.Values) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	return v
}

func TestVectors_EachOpensWhereItWasSealedForAndNowhereElse(t *testing.T) {
	v := readVectors(t)
	s := load(t, v.Keyset)
	for n, value := range v.Values {
		got, err := s.Open(value.Sealed, []byte(value.AssociatedData))
		if err != nil || string(got) != value.Plaintext {
			t.Errorf("%s: got %q, %v", value.What, got, err)
		}
		elsewhere := v.Values[(n+1)%len(v.Values)].AssociatedData
		if _, err := s.Open(value.Sealed, []byte(elsewhere)); !errors.Is(err, seal.ErrOpen) {
			t.Errorf("%s: opens in another row: %v", value.What, err)
		}
	}
}

// Given nothing but docs/sealed-format.md, when another language opens the vectors, and values that were sealed just now, then it has what Go has.
func TestVectors_Node_OpensThemToo(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("no Node.js: make test installs it where apt may be used")
	}
	v := readVectors(t)
	s := load(t, v.Keyset)
	for _, text := range []string{"fresh", "", strings.Repeat("long ", 1<<16)} {
		value := vector{What: "fresh", AssociatedData: "place", Plaintext: text}
		value.Sealed = sealed(t, s, text)
		v.Values = append(v.Values, value)
	}
	var in bytes.Buffer
	for _, value := range v.Values {
		line, err := json.Marshal(map[string]any{"associatedData": value.AssociatedData, "sealed": value.Sealed})
		if err != nil {
			t.Fatal(err)
		}
		in.Write(append(line, '\n'))
	}
	out, err := openedByNode(t, v.Keyset, &in)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out, "\n")
	for n, value := range v.Values {
		if got, err := base64.StdEncoding.DecodeString(lines[n]); err != nil || string(got) != value.Plaintext {
			t.Errorf("%s: got %q, %v", value.What, got, err)
		}
	}
}

func TestVectors_Node_RefusesAValueThatWasMoved(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("no Node.js: make test installs it where apt may be used")
	}
	v := readVectors(t)
	line, err := json.Marshal(map[string]any{"associatedData": v.Values[0].AssociatedData, "sealed": v.Values[1].Sealed})
	if err != nil {
		t.Fatal(err)
	}
	if out, err := openedByNode(t, v.Keyset, bytes.NewReader(line)); err == nil {
		t.Errorf("it opened: %s", out)
	}
}

func openedByNode(t *testing.T, keyset []byte, in interface{ Read([]byte) (int, error) }) (string, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "keyset.json")
	if err := os.WriteFile(file, keyset, 0o600); err != nil {
		t.Fatal(err)
	}
	node := exec.CommandContext(t.Context(), "node", "../../hack/sealed/open.mjs", file)
	var stderr strings.Builder
	node.Stdin, node.Stderr = in, &stderr
	out, err := node.Output()
	if err != nil {
		err = errors.Join(err, errors.New(stderr.String()))
	}
	return string(out), err
}
