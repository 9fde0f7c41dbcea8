package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"slices"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/ftps"
	"example.org/dorado/front/paper"
	"example.org/dorado/front/reports"
)

// The engine makes the files that registrars fetch; FTPS and the console serve them, each registrar its own view. On
// several nodes the directory is shared, or one node is all three.

// filesPause is how often the engine looks whether files are due, by real time.
const filesPause = 5 * time.Second

// openFiles opens the directory of files, if a role makes or serves them.
func (h *house) openFiles(roles []role) (err error) {
	if !slices.ContainsFunc(roles, func(r role) bool { return r == roleEngine || r == roleFTPS || r == roleConsole }) {
		return nil
	}
	if h.tree, err = reports.OpenTree(inDir(h.dir, h.config.Files.Directory)); err != nil {
		return fmt.Errorf("files.directory: %w", err)
	}
	return nil
}

// addFiles adds the making of files.
func (h *house) addFiles() {
	h.files = reports.New(reports.Config{
		Service: h.core.service, Tree: h.tree, Keep: h.config.Files.keep(), Log: h.log.With("role", "engine"),
		Mine: func() bool {
			_, mine := h.node.lease(engineLease)
			return mine
		},
		Papers: reports.Papers{
			Transactions: func(w io.Writer) (reports.TransactionFile, error) { return paper.NewTransactionFile(w) },
			InvoiceRows: func(w io.Writer, i registry.Invoice) (reports.TransactionFile, error) {
				return paper.NewInvoiceFile(w, i)
			},
			Invoice: func(w io.Writer, i registry.Invoice) error { return paper.Invoice(i).WritePDF(w) },
		},
	})
	h.measureFiles()
	h.addLoop("files", func(ctx context.Context) error { return h.files.Run(ctx, filesPause) })
}

// makeFiles makes the files that are due now, for who does not want to wait.
func (h *house) makeFiles(ctx context.Context) error {
	if h.files == nil {
		return nil
	}
	return h.files.Make(ctx)
}

// firstFiles makes the files of a demo before it is ready, so that other programs find them at once.
func (h *house) firstFiles(ctx context.Context) error {
	if !h.movable {
		return nil
	}
	return h.makeFiles(ctx)
}

// addFTPS adds the server of files.
func (h *house) addFTPS() error {
	ports, err := h.config.FTPS.ports()
	if err != nil {
		return err
	}
	public, err := h.config.FTPS.public()
	if err != nil {
		return err
	}
	c := ftps.Config{
		Login: h.filesLogin, Certificate: func() *tls.Certificate { return h.https.pair.Load() },
		Ports: ports, Public: public, Resumed: h.config.FTPS.RequireResumption, Log: h.log.With("role", "ftps"),
		Limits: ftps.Limits{
			Connections: h.config.FTPS.Connections, ConnectionsPerNetwork: h.config.FTPS.ConnectionsPerAddress,
			ConnectionsStrange: max(1, h.config.FTPS.Connections/2), SessionsPerLogin: h.config.FTPS.SessionsPerRegistrar,
			IdleTime: time.Duration(h.config.FTPS.IdleSeconds) * time.Second,
		},
	}
	h.measureFTPS(&c)
	h.ftps = ftps.New(c)
	socket := h.sockets.streams[serviceFTPS]
	h.add(unit{"ftps", func() error { return h.ftps.Serve(socket) }, h.ftps.Shutdown})
	return nil
}

// filesLogin admits a registrar to its files.
func (h *house) filesLogin(ctx context.Context, id, password string, from netip.Addr) (fs.FS, error) {
	r, err := h.core.service.FilesLogin(ctx, flow.FilesLogin{Registrar: registry.RegistrarID(id), Password: password, From: from})
	if refusal := (*registry.Error)(nil); errors.As(err, &refusal) {
		h.log.Info("a login by FTPS was refused", "role", "ftps", "registrar", id, "from", from, "why", refusal.Private)
		return nil, ftps.Refused{Reason: refusal.Reason}
	}
	if err != nil {
		return nil, err
	}
	return h.tree.Of(r.ID), nil
}

// filesNote says what is wrong with the making of files, if anything is.
func (h *house) filesNote() string {
	if err := h.files.Made().Fault; err != nil {
		return "the files for registrars are not made: " + err.Error()
	}
	return ""
}

// filesOld is how old the newest list may be before somebody is told: it is made every two hours.
const filesOld = 3 * time.Hour

// filesAge says that the files here are old: nobody makes them in this directory.
func (h *house) filesAge() string {
	record, err := h.tree.Record()
	switch made := record.At(reports.KindUnavailable); {
	case err != nil:
		return err.Error()
	case made.IsZero():
		return "there are no files in files.directory yet; the engine makes them in its own, which has to be the same"
	case h.core.clock.Now().Sub(made) > filesOld:
		return "the files are of " + made.Format(time.RFC3339) + "; the engine makes new ones in its files.directory, which has to be the same"
	}
	return ""
}
