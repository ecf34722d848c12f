package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/oauth2"

	"github.com/account-operator/account-operator/test/words"
)

// judged is what was answered, or came in place of an answer, and what is said of it.
type judged struct {
	given string
	got   Verdict
	want  Outcome
	says  string
}

// by is what S3's protocol makes of an answer whose body has a code; "" for none.
func by(status int, code string) Verdict {
	body := ""
	if code != "" {
		body = "<Error><Code>" + code + "</Code></Error>"
	}
	return answered(judgeBucket, status, body)
}

// answered is what is made of an answer.
func answered(judge func(*http.Response) Verdict, status int, body string) Verdict {
	answer := &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body))}
	defer func() { _ = answer.Body.Close() }()
	return judge(answer)
}

// refresh is what Dropbox answers to a request for an access token.
func refresh(status int, code string) Verdict {
	return judgeRefresh(&oauth2.RetrieveError{Response: &http.Response{StatusCode: status}, ErrorCode: code})
}

const (
	renew    = "put valid ones into the Secret"
	unproved = "did not say why; see that they are valid there"
)

func answers() []judged {
	return []judged{
		{"a bucket that is listed", answered(judgeBucket, 200, "<ListBucketResult/>"), Accepted, "the provider takes the credentials"},
		{"a key that the provider does not know", by(403, "InvalidAccessKeyId"), CredentialsRejected, renew},
		{"a key that the token service does not know", by(403, "InvalidClientTokenId"), CredentialsRejected, renew},
		{"a secret that does not fit the key", by(403, "SignatureDoesNotMatch"), CredentialsRejected, renew},
		{"a token that ended", by(400, "ExpiredToken"), CredentialsRejected, renew},
		{"an empty 401", by(401, ""), CredentialsRejected, renew},
		{"a bucket of another account, told in new words", by(401, "Unauthorized"), CredentialsRejected, renew},
		{"an empty 403", by(403, ""), AccessDenied, unproved},
		{"a 403 with a code of the provider's own", by(403, "SomethingNew"), AccessDenied, unproved},
		{"a right that is missing", by(403, "AccessDenied"), AccessDenied, "give them the right to (s3:ListBucket, or listFiles at Backblaze)"},
		{"a bucket that is there and may not be listed", by(403, "AllAccessDisabled"), AccessDenied, "s3:ListBucket"},
		{"a request that is not understood", by(400, "InvalidRequest"), Unreachable, "takes Amazon S3's protocol with signatures of version 4"},
		{"a bucket that is not there", by(404, "NoSuchBucket"), BucketNotFound, "create it, or correct bucket and region"},
		{"a bucket in another region", by(301, "PermanentRedirect"), BucketNotFound, "correct bucket and region"},
		{"a provider that is out of order", by(503, ""), Unreachable, "has no time now or is out of order"},
		{"a provider that asks to wait", by(429, ""), Unreachable, "has no time now or is out of order"},
		{"a clock that is wrong", by(403, "RequestTimeTooSkewed"), Unreachable, "set the clock of the manager's node"},
		{"a page that is no answer of S3's", by(404, ""), Unreachable, "correct the endpoint or region"},
		{"an account of Dropbox", answered(judgeAccount, 200, `{"account_id":"a"}`), Accepted, "the provider takes the credentials"},
		{"a scope that is missing", answered(judgeAccount, 401, `{"error":{".tag":"missing_scope"}}`), AccessDenied, "give it the scope account_info.read and make a new refresh token"},
		{"an access token that ended", answered(judgeAccount, 401, `{"error":{".tag":"expired_access_token"}}`), CredentialsRejected, renew},
		{"a refresh token that was revoked", refresh(400, "invalid_grant"), CredentialsRejected, renew},
		{"a Dropbox that is out of order", refresh(500, ""), Unreachable, "has no time now or is out of order"},
	}
}

func silences() []judged {
	sent := func(err error) Verdict { return failed(&url.Error{Op: "Get", URL: "https://h/", Err: err}) }
	return []judged{
		{"an address inside", sent(fmt.Errorf("x: %w", errNotAllowed)), EndpointNotAllowed, "correct it, or start the manager with --allow-endpoint-cidrs"},
		{"a name that leads nowhere", sent(&net.DNSError{IsNotFound: true}), EndpointNotAllowed, "leads to no public address"},
		{"a port where nothing listens", sent(&net.OpError{Err: syscall.ECONNREFUSED}), Unreachable, "it refused the connection; correct the endpoint or its port"},
		{"a server without TLS", sent(tls.RecordHeaderError{}), Unreachable, "does not speak TLS; correct the endpoint or its port"},
		{"a web server without TLS", sent(http.ErrSchemeMismatch), Unreachable, "does not speak TLS"},
		{"a certificate that nobody signed", sent(&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}), Unreachable, "is not valid for this host, or nobody trusted signed it"},
		{"a provider that says nothing", sent(context.DeadlineExceeded), Unreachable, "did not answer in time"},
		{"a connection that broke off", sent(syscall.ECONNRESET), Unreachable, "failed or broke off; the operator tries again"},
		{"Dropbox, out of reach", judgeRefresh(&url.Error{Err: context.DeadlineExceeded}), Unreachable, "did not answer in time"},
		{"something else in Dropbox's place", judgeRefresh(errors.New("no JSON")), Unreachable, "something answered, but not as this provider does"},
	}
}

// What a provider answers, or does not, and what a user is asked to do: a cause that is the credentials' is never said to be the
// endpoint's, nor the other way round. There is a row for each verdict.
func TestVerdict_EachAnswer_NamesItsOwnCause(t *testing.T) {
	var said []string
	for _, c := range append(answers(), silences()...) {
		t.Run(c.given, func(t *testing.T) {
			if c.got.Outcome != c.want || !strings.Contains(c.got.Advice, c.says) {
				t.Errorf("judged %+v, want %s: %s", c.got, c.want, c.says)
			}
			if c.want != Unreachable && c.want != EndpointNotAllowed && strings.Contains(c.got.Advice, "endpoint") {
				t.Errorf("the endpoint is blamed: %s", c.got.Advice)
			}
		})
		said = append(said, c.got.Advice)
	}
	all, err := words.Of(".", words.Place{Literal: "Verdict", At: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, missing := range words.Unsaid(all, said) {
		t.Errorf("no answer in the table brings this about: %s", missing)
	}
}
