"""Trains the transformer of vit_scenes on features of the frozen scenes' MobileNetV2, blocks features.0 to features.10."""
import sys,types,time,json,struct
sys.modules['torchvision._meta_registrations']=types.ModuleType('m')
import torch,numpy as np,torch.nn as nn
from functools import partial
from torchvision.models import mobilenet_v2
from torchvision.models.vision_transformer import EncoderBlock
torch.set_num_threads(1); torch.manual_seed(1)
def load(p):
    b=open(p,'rb').read(); n=struct.unpack('<Q',b[:8])[0]; h=json.loads(b[8:8+n]); out={}
    for k,v in h.items():
        if k=='__metadata__': continue
        s,e=v['data_offsets']; out[k]=torch.tensor(np.frombuffer(b[8+n+s:8+n+e],dtype={'F16':'<f2','F32':'<f4'}[v['dtype']]).astype('f4').reshape(v['shape']))
    return out
base=load('/work/vit/src/src/main/resources/org/bitgaze/zoo/scenes/mobilenet_v2.safetensors')
m=mobilenet_v2(num_classes=12); m.load_state_dict(base,strict=False); stem=m.features[:11].eval()
N=int(sys.argv[1]); E=int(sys.argv[2])
x=np.fromfile('s1.img',dtype=np.uint8).reshape(-1,224,224,3)[:N]; y=torch.tensor(np.fromfile('s1.lab',dtype=np.uint8)[:N].astype('i8'))
mean=torch.tensor([.485,.456,.406]).view(1,3,1,1); std=torch.tensor([.229,.224,.225]).view(1,3,1,1)
t0=time.time(); f=[]
with torch.inference_mode():
    for i in range(0,N,32):
        f.append(stem((torch.tensor(x[i:i+32]).permute(0,3,1,2).float()/255-mean)/std).clone())
f=torch.cat(f).clone(); print('features',f.shape,round(time.time()-t0),'s',time.process_time(),flush=True)
class Head(nn.Module):
    def __init__(s,w=128,d=4):
        super().__init__(); s.conv_proj=nn.Conv2d(64,w,2,2); s.encoder=nn.Module(); s.encoder.pos_embedding=nn.Parameter(torch.randn(1,49,w)*.02)
        s.encoder.layers=nn.Sequential()
        for i in range(d): s.encoder.layers.add_module(f'encoder_layer_{i}',EncoderBlock(4,w,512,0.,0.,partial(nn.LayerNorm,eps=1e-6)))
        s.encoder.ln=nn.LayerNorm(w,eps=1e-6); s.heads=nn.Module(); s.heads.head=nn.Linear(w,12)
    def forward(s,x):
        x=s.conv_proj(x).flatten(2).transpose(1,2)+s.encoder.pos_embedding
        return s.heads.head(s.encoder.ln(s.encoder.layers(x)).mean(1))
h=Head(); V=200; n=N-V; B=32; steps=E*(n//B); opt=torch.optim.AdamW(h.parameters(),1e-3,weight_decay=.01)
sch=torch.optim.lr_scheduler.LambdaLR(opt,lambda i:min(1,(i+1)/(steps/20))*.5*(1+np.cos(np.pi*i/steps)))
for e in range(E):
    p=torch.randperm(n); c=l=0; h.train()
    for i in range(n//B):
        j=p[i*B:(i+1)*B]; xx=f[j]
        k=int(torch.randint(4,())); xx=xx.flip(3) if k&1 else xx
        z=h(xx); loss=nn.functional.cross_entropy(z,y[j],label_smoothing=.1); opt.zero_grad(); loss.backward(); opt.step(); sch.step(); c+=int((z.argmax(1)==y[j]).sum()); l+=float(loss)
    h.eval()
    with torch.no_grad(): v=(h(f[n:]).argmax(1)==y[n:]).float().mean()
    print(f'epoch {e+1}: loss {l/(n//B):.3f} train {c/(n//B*B):.3f} held-out {float(v):.3f}',round(time.time()-t0),'s',round(time.process_time()),flush=True)
    sd={k:t for k,t in base.items() if k.startswith('features.') and int(k.split('.')[1])<=10 and 'num_batches' not in k}; sd.update(h.state_dict())
    torch.save(sd,'vit_scenes.pt')
