package mail_test

import (
	"strings"
	"testing"
	"time"

	"github.com/account-operator/account-operator/internal/mail"
)

func TestOptions_Malformed_AreRefusedWithoutQuotingThem(t *testing.T) {
	for server, want := range map[string]string{
		"":                                      "neither smtp nor smtps",
		"http://canary@x":                       "neither smtp nor smtps",
		"canary.example.com:587":                "neither smtp nor smtps",
		"smtp://u:canary%@x":                    "malformed",
		"smtp://u:can/ary@x:587":                "malformed",
		"smtp://:587":                           "no host",
		"smtp://u:canary@x:0":                   "port",
		"smtp://u:canary@x:99999":               "port",
		"smtp://u:canary@x/path":                "more than",
		"smtp://u:canary@x?tls=maybe":           "neither tls=off nor tls=required",
		"smtp://u:canary@x?verify=canary":       "neither tls=off nor tls=required",
		"smtp://u:canary@x?tls=required&tls2=1": "neither tls=off nor tls=required",
		"smtps://u:canary@x?tls=off":            "at once",
		"smtp://u:canary@x?tls=off":             "without TLS",
		"smtp://u:canary@127.0.0.1":             "without TLS",
		"smtp://u:canary@[::1]:25":              "without TLS",
		"smtp://u:canary@localhost":             "without TLS",
	} {
		_, err := mail.New(mail.Options{Server: server, From: "a@example.com"})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: got %v", server, err)
		}
	}
	for _, from := range []string{"", "nobody", "a@example.com, b@example.com", "a@example.com\r\nBcc: b@example.com", `"a b"@example.com`, "ü@example.com"} {
		if _, err := mail.New(mail.Options{Server: "smtps://x", From: from}); err == nil {
			t.Errorf("accepted the sender %q", from)
		}
	}
	for _, server := range []string{"smtp://u:p@x", "smtps://x", "smtp://x:25?tls=off", "smtp://127.0.0.1:25", "smtp://u:p@127.0.0.1?tls=required", "smtp://[2001:db8::1]:587/"} {
		if _, err := mail.New(mail.Options{Server: server, From: "Accounts <a@example.com>"}); err != nil {
			t.Errorf("%s: %v", server, err)
		}
	}
}

func TestPauses_Retries_GrowToAnHourAndEndAfterADay(t *testing.T) {
	total := time.Duration(0)
	for attempt := 1; ; attempt++ {
		next, again := mail.Pause(attempt)
		if want := min(time.Minute<<min(attempt-1, 10), time.Hour); next != want {
			t.Fatalf("after attempt %d it waits %s, wanted %s", attempt, next, want)
		}
		if total += next; again != (total < 24*time.Hour) {
			t.Fatalf("after attempt %d and %s: again is %t", attempt, total, again)
		}
		if !again {
			return
		}
	}
}
