package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"syscall"
)

// Outcome is what a provider made of a target.
type Outcome string

// The outcomes.
const (
	Accepted            Outcome = "Accepted"
	CredentialsRejected Outcome = "CredentialsRejected"
	BucketNotFound      Outcome = "BucketNotFound"
	AccessDenied        Outcome = "AccessDenied"
	Unreachable         Outcome = "Unreachable"
	EndpointNotAllowed  Outcome = "EndpointNotAllowed"
)

// Verdict is an outcome, and what to do about it in words of ours.
type Verdict struct {
	Outcome Outcome
	Advice  string
}

// These are all verdicts there are: nothing that a provider says can be part of one.
var (
	accepted    = Verdict{Accepted, "the provider takes the credentials"}
	rejected    = Verdict{CredentialsRejected, "the provider does not know the credentials, or they have ended; put valid ones into the Secret"}
	noBucket    = Verdict{BucketNotFound, "the provider has no bucket of this name in this region; create it, or correct bucket and region"}
	noListing   = Verdict{AccessDenied, "the credentials may not list the bucket; give them the right to (s3:ListBucket, or listFiles at Backblaze)"}
	noScope     = Verdict{AccessDenied, "the app may not read the account; give it the scope account_info.read and make a new refresh token"}
	notAllowed  = Verdict{EndpointNotAllowed, "the endpoint leads to no public address; correct it, or start the manager with --allow-endpoint-cidrs; the operator looks again"}
	refusedLine = Verdict{Unreachable, "nothing listens at the endpoint: it refused the connection; correct the endpoint or its port, the operator tries again"}
	brokenLine  = Verdict{Unreachable, "the connection to the provider failed or broke off; the operator tries again, see whether the endpoint is right and the network lets the manager get there"}
	notTaken    = Verdict{Unreachable, "the provider refused the form of the request; see whether the endpoint takes Amazon S3's protocol with signatures of version 4"}
	forbidden   = Verdict{AccessDenied, "the provider refused the credentials and did not say why; see that they are valid there and may read what is connected"}
	noAnswer    = Verdict{Unreachable, "the provider did not answer in time; the operator tries again, see whether its network lets it get there"}
	plainText   = Verdict{Unreachable, "the endpoint does not speak TLS; correct the endpoint or its port, the operator tries again"}
	untrusted   = Verdict{Unreachable, "the server's certificate is not valid for this host, or nobody trusted signed it; the operator tries again"}
	skewed      = Verdict{Unreachable, "the provider finds the time of the request wrong; set the clock of the manager's node, the operator tries again"}
	unavailable = Verdict{Unreachable, "the provider has no time now or is out of order; the operator tries again"}
	unfamiliar  = Verdict{Unreachable, "something answered, but not as this provider does; correct the endpoint or region, the operator tries again"}
)

// failed judges a request that got no answer.
func failed(err error) Verdict {
	var certificate *tls.CertificateVerificationError
	var unknown *net.DNSError
	var plain tls.RecordHeaderError
	var network net.Error
	switch {
	case errors.Is(err, errNotAllowed), errors.As(err, &unknown) && unknown.IsNotFound:
		// A name that leads inside and one that leads nowhere are reported alike: which names there are inside is nobody's to find out.
		return notAllowed
	case errors.As(err, &certificate):
		return untrusted
	case errors.As(err, &plain), errors.Is(err, http.ErrSchemeMismatch):
		return plainText
	case errors.Is(err, syscall.ECONNREFUSED):
		return refusedLine
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return noAnswer
	default:
		return brokenLine
	}
}

// judgeStatus is for answers that only have a status: whose they are cannot be known. Who signs a request and is answered 401 or 403
// has reached one that looks at signatures.
func judgeStatus(status int) Verdict {
	switch status {
	case http.StatusUnauthorized:
		return rejected
	case http.StatusForbidden:
		return forbidden
	}
	if status == http.StatusTooManyRequests || status >= http.StatusInternalServerError {
		return unavailable
	}
	return unfamiliar
}
