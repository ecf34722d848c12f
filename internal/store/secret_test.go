package store_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"text/template"

	"github.com/go-logr/logr/funcr"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	yaml3 "go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
	"sigs.k8s.io/yaml"

	"github.com/account-operator/account-operator/internal/store"
)

const canary = "canary-value"

// holder is how secrets are kept in other types: visible and not, in maps, slices and pointers.
type holder struct {
	Value   store.Secret            `json:"value" xml:"value" yaml:"value"`
	Pointer *store.Secret           `json:"pointer" xml:"pointer" yaml:"pointer"`
	List    []store.Secret          `json:"list" xml:"list" yaml:"list"`
	Map     map[string]store.Secret `json:"map" xml:"-" yaml:"map"`
	Any     any                     `json:"any" xml:"any" yaml:"any"`

	hidden store.Secret
}

func newHolder() holder {
	s := store.NewSecret([]byte(canary))
	return holder{Value: s, Pointer: &s, List: []store.Secret{s}, Map: map[string]store.Secret{"key": s}, Any: s, hidden: s}
}

// leaks reports whether the text shows the value, in any of the ways in which bytes are written.
func leaks(text string) bool {
	digits := strconv.Itoa(int(canary[0]))
	for _, b := range []byte(canary[1:]) {
		digits += " " + strconv.Itoa(int(b))
	}
	literal := strings.ReplaceAll(digits, " ", ", ")
	for _, form := range []string{
		canary, hex.EncodeToString([]byte(canary)), strings.ToUpper(hex.EncodeToString([]byte(canary))),
		base64.StdEncoding.EncodeToString([]byte(canary)), digits, literal, "0x63, 0x61", "1100011 1100001",
	} {
		if strings.Contains(text, form) {
			return true
		}
	}
	return false
}

func TestSecret_EachVerb_HidesIt(t *testing.T) {
	h := newHolder()
	for _, what := range []any{h, &h, h.Value, h.Pointer, h.List, h.Map, h.hidden, []any{h}, fmt.Errorf("wrapped: %v", h.Value)} {
		for _, flag := range []string{"", "+", "#", " ", "0", "-", "20", ".3", "+#"} {
			for verb := range 128 {
				format := "%" + flag + string(rune(verb))
				if text := fmt.Sprintf(format, what); leaks(text) {
					t.Errorf("%q shows %T: %s", format, what, text)
				}
			}
		}
	}
	if got := fmt.Sprintf("%d %x %s %#v", h.Value, h.Value, h.Value, h.Value); got != "*** *** *** ***" {
		t.Errorf("got %s", got)
	}
}

func TestSecret_EachEncoder_HidesIt(t *testing.T) {
	h := newHolder()
	for name, encode := range map[string]func() ([]byte, error){
		"json":     func() ([]byte, error) { return json.Marshal(h) },
		"json key": func() ([]byte, error) { return json.Marshal(map[string]any{"x": h.Map}) },
		"xml":      func() ([]byte, error) { return xml.Marshal(h) },
		"yaml":     func() ([]byte, error) { return yaml.Marshal(h) },
		"yaml v3":  func() ([]byte, error) { return yaml3.Marshal(h) },
		"template": func() ([]byte, error) { return render(h) },
		"slog text": func() ([]byte, error) {
			return logged(func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) }, h)
		},
		"slog json": func() ([]byte, error) {
			return logged(func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) }, h)
		},
		"logr":   func() ([]byte, error) { return logrText(h), nil },
		"zap":    func() ([]byte, error) { return zapText(h), nil },
		"go-cmp": func() ([]byte, error) { return []byte(cmp.Diff(h.Value, store.NewSecret([]byte("x")))), nil },
	} {
		out, err := encode()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if leaks(string(out)) || !strings.Contains(string(out), "***") && name != "go-cmp" {
			t.Errorf("%s: %s", name, out)
		}
	}
}

func render(h holder) ([]byte, error) {
	var out bytes.Buffer
	err := template.Must(template.New("").Parse(`{{.}} {{.Value}} {{printf "%x" .Value}}`)).Execute(&out, h)
	return out.Bytes(), err
}

func logged(handler func(*bytes.Buffer) slog.Handler, h holder) ([]byte, error) {
	var out bytes.Buffer
	slog.New(handler(&out)).Info("text", "value", h.Value, "holder", h, "list", h.List, slog.Group("group", "value", h.Pointer))
	return out.Bytes(), nil
}

func logrText(h holder) []byte {
	var out bytes.Buffer
	log := funcr.New(func(prefix, args string) { out.WriteString(prefix + args) }, funcr.Options{})
	log.Info("text", "value", h.Value, "holder", h)
	return out.Bytes()
}

func zapText(h holder) []byte {
	var out bytes.Buffer
	encoder := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
	log := zap.New(zapcore.NewCore(encoder, zapcore.AddSync(&out), zap.DebugLevel))
	log.Info("text", zap.Any("value", h.Value), zap.Any("holder", h), zap.Any("map", h.Map), zap.Reflect("reflected", h))
	log.Sugar().Infow("text", "value", h.Value, "holder", h)
	return out.Bytes()
}

func TestSecret_Made_KeepsItsOwnCopy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.SliceOfN(rapid.Byte(), 1, 20).Draw(t, "value")
		s, same := store.NewSecret(value), store.NewSecret(bytes.Clone(value))
		if !s.Equal(same) || s.Len() != len(value) {
			t.Fatal("not equal to its copy")
		}
		value[0]++
		if s.Equal(store.NewSecret(value)) {
			t.Fatal("the caller's bytes are the secret's")
		}
	})
}

func TestSecret_Zero_IsEmpty(t *testing.T) {
	var zero store.Secret
	if zero.Len() != 0 || zero.Reveal() != nil || !zero.Equal(store.NewSecret(nil)) || fmt.Sprint(zero) != "***" {
		t.Errorf("got %d bytes", zero.Len())
	}
}
