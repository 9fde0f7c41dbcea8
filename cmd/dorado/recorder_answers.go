//go:build answers

package main

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strconv"
	"sync"
)

// recorder returns what keeps every EPP frame that this process sends, each behind its length in four
// octets, in a file of its own in the folder beside the program that is called after it, with ".answers" at
// the end. Tests build the program so, and hold the frames to the published schemas: package test/schema.
// What cannot be kept ends the program, since the test would else hold less than it says. A soak sends more
// than a disk should hold: beyond maxRecord nothing is kept.
func recorder() func(frame []byte) {
	const maxRecord = 256 << 20 // octets, a third of a million answers; no test of the suite comes near
	var file *os.File
	var kept int
	var mu sync.Mutex
	return func(frame []byte) {
		mu.Lock()
		defer mu.Unlock()
		if file == nil {
			file = openRecord()
		}
		if kept += len(frame); kept > maxRecord {
			return
		}
		message := binary.BigEndian.AppendUint32(nil, uint32(len(frame)))
		if _, err := file.Write(append(message, frame...)); err != nil { // one write: a kill cuts no frame
			panic(err)
		}
	}
}

// openRecord opens the file of this process.
func openRecord() *os.File {
	program, err := os.Executable()
	if err != nil {
		panic(err)
	}
	dir := program + ".answers"
	if err := os.MkdirAll(dir, 0o755); err != nil {
		panic(err)
	}
	file, err := os.OpenFile(filepath.Join(dir, strconv.Itoa(os.Getpid())), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		panic(err)
	}
	return file
}
