// Package shapes makes secrets of the shapes that real ones have, and looks for parts of them where none may be.
package shapes

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"
)

// Run is how many characters in a row of a secret are a leak.
const Run = 12

// Shape is a secret, and what it is.
type Shape struct{ Name, Text string }

// All makes one of each shape, never the same twice.
func All() ([]Shape, error) {
	private, signing, err := keys()
	if err != nil {
		return nil, err
	}
	account, err := json.MarshalIndent(map[string]string{
		"type": "service_account", "project_id": hex.EncodeToString(random(8)), "private_key": private, "client_id": hex.EncodeToString(random(10)),
	}, "", "  ")
	if err != nil {
		return nil, err
	}
	all := []Shape{
		{"PEM", private}, {"SSH key", signing}, {"service account", string(account)},
		{"JWT", token(random(20)) + "." + token(random(90)) + "." + token(random(32))},
		{"JSON", fmt.Sprintf(`{"user":"u","password":"%s"}`, token(random(20)))},
		{"hexadecimal", hex.EncodeToString(random(32))}, {"base32", base32.StdEncoding.EncodeToString(random(21))},
		{"PEM in base64", wrapped(base64.StdEncoding.EncodeToString([]byte(private)), 76)},
	}
	for _, size := range []int{16, 20, 31, 32, 46, 55, 64, 70, 100} {
		text, named := base64.StdEncoding.EncodeToString(random(size)), fmt.Sprintf("%d bytes in base64", size)
		all = append(all, Shape{named, text}, Shape{named + ", wrapped at 64", wrapped(text, 64)}, Shape{named + ", wrapped at 76", wrapped(text, 76)},
			Shape{named + " of URLs", base64.URLEncoding.EncodeToString(random(size))})
	}
	return all, nil
}

func keys() (private, signing string, err error) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", "", err
	}
	der, err := x509.MarshalPKCS8PrivateKey(ec)
	if err != nil {
		return "", "", err
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", "", err
	}
	block, err := ssh.MarshalPrivateKey(ed, "user@host")
	if err != nil {
		return "", "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), string(pem.EncodeToMemory(block)), nil
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

func token(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func wrapped(text string, width int) string {
	var lines []string
	for len(text) > width {
		lines, text = append(lines, text[:width]), text[width:]
	}
	return strings.Join(append(lines, text), "\n")
}

// Texts are .env files, and texts that are none, in which the secret may come, by how it is there.
func (s Shape) Texts() map[string]string {
	lines := strings.SplitAfterN(s.Text, "\n", 3)
	cut := strings.Join(lines[:min(2, len(lines))], "")
	return map[string]string{
		"as the whole text":          s.Text,
		"with a line end":            s.Text + "\n",
		"unquoted":                   "KEY=" + s.Text,
		"exported, with white space": "export KEY = " + s.Text + "\n",
		"unquoted among others":      "FIRST=1\nKEY=" + s.Text + "\nLAST=2\n",
		"by the next line":           "KEY=\n" + s.Text + "\nLAST=2\n",
		"under a comment":            "# the key\n" + s.Text + "\nLAST=2\n",
		"from Windows":               strings.ReplaceAll("FIRST=1\r\nKEY="+s.Text+"\r\n", "\n", "\r\n"),
		"cut after two lines":        "KEY=" + cut,
		"twice":                      s.Text + "\n" + s.Text,
		"in single quotes":           "KEY='" + s.Text + "'\nLAST=2\n",
	}
}

// Leaks returns a part of the secret that stands in one of the places, or "".
func (s Shape) Leaks(places ...[]byte) string {
	for _, line := range strings.Fields(s.Text) {
		for i := 0; i+Run <= len(line); i++ {
			for _, place := range places {
				if run := line[i : i+Run]; bytes.Contains(place, []byte(run)) {
					return run
				}
			}
		}
	}
	return ""
}
