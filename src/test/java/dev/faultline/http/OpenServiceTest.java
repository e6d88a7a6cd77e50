package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.Test;

import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;

/** A service without keys: everybody is local, and only this computer reaches it. */
class OpenServiceTest extends HttpTest {

    @Test
    void everybodyIsLocal() {
        Answer me = client.get("/v1/me").expect(200);
        assertThat(me.text("/tenant")).isEqualTo("local");
        assertThat(me.at("/student").isNull()).isTrue();
        assertThat(me.text("/role")).isEqualTo("admin");
        assertThat(me.at("/open").asBoolean()).isTrue();
        long machines = me.number("/used/machines");
        client.machine("{}");
        assertThat(client.get("/v1/me").number("/used/machines")).isEqualTo(machines + 1);
        client.get("/v1/me", "Authorization", "Bearer anything").expect(200);
    }

    @Test
    void itGivesOutNoKeys() {
        client.get("/v1/keys").expectProblem(409, "SERVICE_OPEN");
        client.post("/v1/keys", "{'role': 'admin'}").expectProblem(409, "SERVICE_OPEN");
        client.get("/v1/keys/k-1").expectProblem(409, "SERVICE_OPEN");
    }

    @Test
    void aMachineSaysWhoseItIs() {
        Answer machine = client.get(client.machine("{}")).expect(200);
        assertThat(machine.at("/owner").toString())
                .isEqualTo("{\"tenant\":\"local\",\"student\":null}");
        client.get("/v1/machines/local~" + machine.text("/id")).expect(200);
    }

    @Test
    void noOtherComputerReachesIt() throws SocketException {
        List<InetAddress> outer =
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .filter(each -> each instanceof Inet4Address && !each.isLoopbackAddress())
                        .toList();
        assumeThat(outer).as("addresses of this computer in a network").isNotEmpty();
        for (InetAddress address : outer) {
            assertThatThrownBy(() -> new Socket(address, port).close())
                    .isInstanceOf(ConnectException.class);
        }
    }
}
