package sqlstore

import (
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/account-operator/account-operator/internal/loopback"
)

// encrypt leaves only ways to the server that are encrypted or do not leave this machine: without sslmode the driver goes on in clear
// text where a server, or another on the way to it, says that it has no TLS.
func encrypt(config *pgconn.Config) error {
	ways := append([]*pgconn.FallbackConfig{{Host: config.Host, Port: config.Port, TLSConfig: config.TLSConfig}}, config.Fallbacks...)
	var safe []*pgconn.FallbackConfig
	for _, way := range ways {
		if way.TLSConfig != nil || local(way.Host) {
			safe = append(safe, way)
		}
	}
	if len(safe) == 0 {
		return startupError("the connection to the PostgreSQL store on another machine would not be encrypted",
			"add sslmode=verify-full to its address, or start with --insecure-no-store-tls")
	}
	config.Host, config.Port, config.TLSConfig, config.Fallbacks = safe[0].Host, safe[0].Port, safe[0].TLSConfig, safe[1:]
	return nil
}

// local reports whether what is sent to this host stays on this machine: a socket, or a loopback address.
func local(host string) bool {
	return strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") || loopback.Is(host)
}
