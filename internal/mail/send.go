package mail

import (
	"context"
	"time"

	"github.com/account-operator/account-operator/internal/store"
)

// send makes one attempt and notes its outcome, also when ctx ended meanwhile: what was sent is not to be sent again.
func (s *Sender) send(ctx context.Context, outbox store.Outbox, m store.Mail) error {
	f := s.attempt(ctx, m)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTimeout)
	defer cancel()
	log := s.log.WithValues("kind", m.Kind, "mail", m.ID, "attempt", m.Attempts)
	if f == (failure{}) {
		log.Info("sent a mail")
		s.reported(m.Kind, Sent, "")
		return outbox.MailSent(ctx, m.ID)
	}
	wait, again := pause(m.Attempts)
	if f.final || !again {
		log.Info("gave a mail up", "reason", f.reason)
		s.reported(m.Kind, Dead, f.cause)
		return outbox.MailFailed(ctx, m.ID, f.reason, time.Time{})
	}
	log.Info("a mail has to wait", "reason", f.reason, "wait", wait.String())
	s.reported(m.Kind, Retried, f.cause)
	return outbox.MailFailed(ctx, m.ID, f.reason, time.Now().Add(wait))
}

// attempt answers the zero failure when the mail was accepted.
func (s *Sender) attempt(ctx context.Context, m store.Mail) failure {
	to, err := plainAddress(m.To)
	if err != nil {
		return failure{cause: CauseRecipient, reason: err.Error(), final: true}
	}
	msg, err := s.compose(m, to)
	if err != nil {
		return failure{cause: CauseMessage, reason: "the message could not be composed", final: true}
	}
	if err := s.deliver(ctx, msg); err != nil {
		return judge(err)
	}
	return failure{}
}
