// Calls of Go's gRPC: `grpc-client host:port`, a line for each. Messages are bytes, so that nothing need be generated.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

type bytesCodec struct{}

func (bytesCodec) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }
func (bytesCodec) Unmarshal(data []byte, v any) error {
	*v.(*[]byte) = append([]byte(nil), data...)
	return nil
}
func (bytesCodec) Name() string { return "proto" }

// named calls have an id by which their capture is found.
func named(id string) (context.Context, context.CancelFunc) {
	ctx := metadata.AppendToOutgoingContext(context.Background(), "x-request-id", id)
	return context.WithTimeout(ctx, 30*time.Second)
}

func unary(conn *grpc.ClientConn, method string, message []byte) {
	ctx, cancel := named("go-" + strings.ToLower(method))
	defer cancel()
	var answer []byte
	var trailer metadata.MD
	err := conn.Invoke(ctx, "/shop.Orders/"+method, &message, &answer, grpc.Trailer(&trailer))
	said := status.Convert(err)
	if len(answer) > 40 {
		answer = []byte(fmt.Sprint(len(answer), " bytes"))
	}
	fmt.Printf("%s %s %q %q cost=%v\n", method, said.Code(), said.Message(), answer, trailer["x-cost"])
}

// Each answer comes before the next question is asked.
func talk(conn *grpc.ClientConn, words ...string) {
	ctx, cancel := named("go-talk")
	defer cancel()
	both := &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}
	stream, err := conn.NewStream(ctx, both, "/shop.Orders/Talk")
	for _, word := range words {
		if err != nil {
			break
		}
		question, answer := []byte(word), []byte(nil)
		if err = stream.SendMsg(&question); err == nil {
			err = stream.RecvMsg(&answer)
			fmt.Printf("Talk %q %q\n", word, answer)
		}
	}
	if err == nil {
		stream.CloseSend()
		var rest []byte
		if err = stream.RecvMsg(&rest); err == io.EOF {
			err = nil
		}
	}
	fmt.Println("Talk ends", status.Convert(err).Code())
}

func main() {
	conn, err := grpc.NewClient(
		"passthrough:///"+os.Args[1],
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(bytesCodec{}), grpc.MaxCallRecvMsgSize(10_000_000)),
	)
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	unary(conn, "Get", []byte("7"))
	unary(conn, "Fail", []byte("7"))
	unary(conn, "Large", make([]byte, 3_000_000))
	talk(conn, "a", "b", "c")
	unary(conn, "Get", nil)
}
