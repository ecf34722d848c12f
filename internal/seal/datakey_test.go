package seal_test

import (
	"bytes"
	"testing"

	"github.com/tink-crypto/tink-go/v2/hybrid"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/account-operator/account-operator/internal/seal"
)

// Given values that share a data key, when they are opened, then that is opened once: it costs several hundred times what a value does.
func TestOpen_ValuesOfOneDataKey_OpenItOnce(t *testing.T) {
	keyset := newKeyset(t)
	writer, s := load(t, keyset), load(t, keyset)
	openings := s.CountOpenings()
	for range 10 {
		if !opens(s, sealed(t, writer, "value")) {
			t.Fatal("a value does not open")
		}
	}
	if *openings != 1 {
		t.Errorf("the data key was opened %d times", *openings)
	}
	own := writer.CountOpenings()
	if !opens(writer, sealed(t, writer, "value")) || *own != 0 {
		t.Errorf("who sealed opened its own data key %d times", *own)
	}
}

// Given more data keys than are kept, then those stay that are used, and others are opened again.
func TestOpen_DataKeysThatAreUsed_AreKept(t *testing.T) {
	whole := newKeyset(t)
	writer := publicHalf(t, whole)
	s := load(t, whole)
	s.KeepDataKeys(4)
	openings := s.CountOpenings()
	a, b, c, d := sealed(t, writer, "value"), sealed(t, writer, "value"), sealed(t, writer, "value"), sealed(t, writer, "value")
	for n, step := range []struct {
		value []byte
		want  int
	}{{a, 1}, {b, 2}, {a, 2}, {c, 3}, {a, 3}, {d, 4}, {a, 4}, {c, 4}, {b, 5}} {
		if !opens(s, step.value) || *openings != step.want {
			t.Errorf("step %d: %d data keys were opened, wanted %d", n, *openings, step.want)
		}
	}
}

// Given a key pair of other algorithms, as another program makes them, then it is refused, and not sealed by in a form that nobody documented.
func TestLoad_KeyPairOfOtherAlgorithms_IsRefused(t *testing.T) {
	handle, err := keyset.NewHandle(hybrid.DHKEM_P256_HKDF_SHA256_HKDF_SHA256_AES_256_GCM_Key_Template())
	if err != nil {
		t.Fatal(err)
	}
	var content bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&content)); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Load(content.Bytes()); err == nil {
		t.Error("it was loaded")
	}
}
