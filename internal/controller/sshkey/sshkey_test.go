package sshkey

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/controller/outcome"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/test/causes"
)

// line is a public key as ssh-keygen writes it, and how that shows it.
func line(t *testing.T, public any, comment string) (string, string) {
	t.Helper()
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)) + comment), ssh.FingerprintSHA256(key)
}

func parse(text string) (store.SSHKey, error) {
	return Kind{}.Desired(&v1alpha1.SSHKey{Spec: v1alpha1.SSHKeySpec{PublicKey: text}})
}

// report is the status where the store has this key.
func report(have store.SSHKey) v1alpha1.SSHKeyStatus {
	s := &v1alpha1.SSHKey{Status: v1alpha1.SSHKeyStatus{Fingerprint: "of before"}}
	Kind{}.Report(s, &have)
	return s.Status
}

// keys are a public key of each type, by its name.
func keys(t *testing.T) map[string]any {
	t.Helper()
	edwards, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rivest, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]any{"ssh-ed25519": edwards, "ecdsa-sha2-nistp256": &curve.PublicKey, "ssh-rsa": &rivest.PublicKey}
}

func TestDesired_KeyOfEachType_IsKeptAsItIs(t *testing.T) {
	for want, public := range keys(t) {
		text, shown := line(t, public, "")
		for _, comment := range []string{"", "alice@laptop", "Alice's laptop"} {
			got, err := parse(strings.TrimSpace(text + " " + comment))
			if err != nil || got.Type != want || got.Type+" "+got.Key != text || got.Comment != comment {
				t.Errorf("%s %s is %+v, %v", text, comment, got, err)
			}
			if status := report(got); status.Type != want || status.Fingerprint != shown {
				t.Errorf("status says %s, %s, and ssh-keygen %s", status.Type, status.Fingerprint, shown)
			}
		}
	}
}

func TestReport_NoBase64InTheStore_ShowsNoFingerprint(t *testing.T) {
	if got := report(store.SSHKey{Key: "not base64"}); got.Fingerprint != "" {
		t.Errorf("what is no key has the fingerprint %s", got.Fingerprint)
	}
}

// Given texts that are no public key, when they are read, then they are refused in words that repeat nothing of them.
func TestDesired_NoPublicKey_IsRefusedAndNotRepeated(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "alice")
	if err != nil {
		t.Fatal(err)
	}
	good, _ := line(t, public, "")
	blob := strings.Fields(good)[1]
	secret := string(pem.EncodeToMemory(block))
	for what, text := range map[string]string{
		"nothing":                      "",
		"a private key":                secret,
		"a private key on one line":    strings.ReplaceAll(secret, "\n", " "),
		"a private key after a public": good + "\n" + secret,
		"without base64":               "ssh-ed25519",
		"cut short":                    good[:len(good)-8],
		"of another type":              "ssh-rsa " + blob,
		"with options":                 "restrict " + good,
		"two keys":                     good + "\n" + good,
		"a type before a key":          "ssh-ed25519 c4n4ry " + good,
	} {
		got, err := parse(text)
		if err == nil {
			t.Errorf("%s: it is %+v", what, got)
			continue
		}
		for _, word := range strings.Fields(text) {
			if len(word) > 15 && strings.Contains(err.Error(), word) {
				t.Errorf("%s: the refusal repeats it: %v", what, err)
			}
		}
	}
}

func TestConditions_EachCause_HasItsOwnWords(t *testing.T) {
	refusal := func(text string) outcome.Verdict {
		_, err := parse(text)
		return outcome.Judge(err)
	}
	causes.Check(t, []causes.Cause{
		causes.Of("a private key", refusal("-----BEGIN OPENSSH PRIVATE KEY-----"), v1alpha1.ReasonInvalid, `spec.publicKey is a private key: write the public one, and make another pair, since this one is not secret any more`),
		causes.Of("half a key", refusal("ssh-ed25519 AAAA"), v1alpha1.ReasonInvalid, `spec.publicKey is no key: its base64 is not one of the type before it; copy the whole line of the .pub file once more`),
	})
}
