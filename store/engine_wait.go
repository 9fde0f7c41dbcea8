package store

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Waits are how long a transaction on a server may take.
type waits struct {
	whole time.Duration // until the server has answered all of it
	lock  time.Duration // for each lock that another transaction holds
	share bool          // it is less than what the session was opened with
}

// lockPatience is beyond the five seconds after which the server ends whoever holds a lock and is silent,
// and the ten after which it notices that he is gone.
const lockPatience = 15 * time.Second

// groupTime bounds a group on a server that answers the network and nothing else.
const groupTime = 30 * time.Second

// among are the waits of n transactions that run one after the other and together wait no longer than one.
// Those that need no lock do not notice.
func (w waits) among(n int) waits {
	return waits{whole: w.whole / time.Duration(n), lock: max(w.lock/time.Duration(n), time.Millisecond), share: true}
}

// asked sets how long the transaction that has begun waits for locks, where that differs from its session.
func (w waits) asked() []asked {
	if !w.share {
		return nil
	}
	return []asked{{setLockTime, []any{milliseconds(w.lock)}, ended}}
}

const setLockTime = `SELECT set_config('lock_timeout', $1, true)`

// milliseconds is a time as the server's settings are written.
func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// lockNotAvailable is the SQLSTATE of a lock that was waited for in vain. PostgreSQL 15, appendix A.
const lockNotAvailable = "55P03"

// waitedInVain reports whether a transaction ended since its waits were over.
func waitedInVain(err error) bool {
	if p, ok := errors.AsType[*pgconn.PgError](err); ok {
		return p.Code == lockNotAvailable
	}
	return errors.Is(err, context.DeadlineExceeded)
}
