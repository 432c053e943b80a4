package org.bitgaze.program;
import java.nio.file.*; import java.util.*;
import org.bitgaze.cam.CamMethod; import org.bitgaze.graph.*; import org.bitgaze.image.*; import org.bitgaze.quant.*;
import org.bitgaze.testing.*; import org.bitgaze.weights.*; import org.bitgaze.zoo.*;
public class Probe {
  static double cc(float[] a, float[] b){double ma=0,mb=0;for(int i=0;i<a.length;i++){ma+=a[i];mb+=b[i];}ma/=a.length;mb/=a.length;double x=0,y=0,z=0;for(int i=0;i<a.length;i++){x+=(a[i]-ma)*(b[i]-mb);y+=(a[i]-ma)*(a[i]-ma);z+=(b[i]-mb)*(b[i]-mb);}return x/Math.sqrt(y*z);}
  static double rel(float[] a,float[] b){double d=0,m=0;for(int i=0;i<a.length;i++){d=Math.max(d,Math.abs(a[i]-b[i]));m=Math.max(m,Math.abs(b[i]));}return d/m;}
  public static void main(String[] args) throws Exception {
    List<RgbImage> crops=Golden.images("crops"), cal=Golden.images("calibration");
    for(String nw: args){
      String id=nw.substring(0,nw.indexOf('.'));
      Architecture arch=Architecture.of(id); Graph g=arch.graph(1000);
      TensorSource w= nw.endsWith("formula")? new FormulaWeights(g): new Safetensors(Shared.file("weights/"+id+".safetensors"));
      Network net=new Network(g,w); net.check();
      Safetensors gold=new Safetensors(Shared.file("golden/"+nw+".safetensors"));
      float[] f32c=gold.read("f32.cam").data();
      java.nio.ByteBuffer kb=gold.readBytes("f32.class"); int[] t=new int[4]; for(int i=0;i<4;i++)t[i]=(int)kb.getLong();
      Path dir=Files.createTempDirectory("probe");
      { List<String> pts=ProgramCompiler.compileObserver(net,dir.resolve("obs.pt")); Map<String,Range> gr=Golden.ranges(nw,"ranges");
        System.out.println(nw+" points equal "+(new HashSet<>(pts).equals(gr.keySet()))+" "+pts.size()+" "+gr.size());
        try(ObserverProgram o=new ObserverProgram(dir.resolve("obs.pt"),pts)){ List<Map<String,Range>> r=o.run(cal); double worst=0; for(String p:pts){double lo=1e9,hi=-1e9;for(var m:r){lo=Math.min(lo,m.get(p).min());hi=Math.max(hi,m.get(p).max());} Range q=gr.get(p); if(q==null){System.out.println("missing "+p);continue;} worst=Math.max(worst,Math.max(Math.abs(lo-q.min()),Math.abs(hi-q.max()))/(q.max()-q.min()));} System.out.println(" range worst "+worst);} }
      for(String p: new String[]{"f32","int16","int8","int8-per-channel","int4","int8-averaged","int16-averaged","int8-dynamic"}){
        Precision pr=Precision.of(p.replace("-averaged","").replace("-dynamic",""));
        Map<String,Range> ranges=p.endsWith("dynamic")?null:Golden.ranges(nw,p.endsWith("averaged")?"averaged":"ranges");
        Quantization q= pr.isFloat()?Quantization.NONE:new Quantization(pr,ranges);
        Path f=dir.resolve("m.pt"); long t0=System.nanoTime();
        ProgramCompiler.compileCam(net,q,arch.targetLayer(),CamMethod.GRADCAM_PLUS_PLUS,f);
        long t1=System.nanoTime();
        try(CamProgram prog=new CamProgram(f)){
          long t2=System.nanoTime();
          List<Explanation> e=prog.run(crops,t);
          float[] cams=gold.read(p+".cam").data(), log=gold.read(p+".logits").data(); int n=e.get(0).cam().values().length;
          StringBuilder sb=new StringBuilder();
          for(int i=0;i<4;i++){ float[] c=Arrays.copyOfRange(cams,i*n,(i+1)*n), l=Arrays.copyOfRange(log,i*1000,(i+1)*1000);
            sb.append(String.format(" [cam rel %.1e cc %.6f log rel %.1e]",rel(e.get(i).cam().values(),c),cc(e.get(i).cam().values(),c),rel(e.get(i).logits(),l))); }
          for(int i=0;i<3;i++)prog.run(crops,t);
          long t3=System.nanoTime(); for(int i=0;i<3;i++)prog.run(crops,t); long t4=System.nanoTime();
          for(int i=0;i<3;i++)for(int j=0;j<4;j++)prog.run(crops.subList(j,j+1),new int[]{t[j]}); long t5=System.nanoTime();
          boolean same=true; Explanation s1=prog.run(crops.subList(2,3),new int[]{t[2]}).get(0);
          same=Arrays.equals(s1.cam().values(),e.get(2).cam().values())&&Arrays.equals(s1.logits(),e.get(2).logits());
          Explanation s2=prog.run(List.of(crops.get(2),crops.get(2),crops.get(1),crops.get(0)),new int[]{t[2],t[2],t[1],t[0]}).get(0);
          boolean pos=Arrays.equals(s2.cam().values(),e.get(2).cam().values())&&Arrays.equals(s2.logits(),e.get(2).logits());
          System.out.printf("%s %s compile %d load %d ms b4 %.1f ms/img b1 %.1f batch-inv %s pos-inv %s%s%n",nw,p,(t1-t0)/1000000,(t2-t1)/1000000,(t4-t3)/12e6,(t5-t4)/12e6,same,pos,sb);
        }
      }
    }
    System.exit(0);
  }
}
